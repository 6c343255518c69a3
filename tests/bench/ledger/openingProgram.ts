// A process of its own that opens a ledger as `serve` does and answers the first runs page; says on standard output how long each took.
import { openLedger } from '../../../app/ledger/index.ts';
import { createApp } from '../../../app/web/app.ts';

const report = (error: unknown): void => {
  throw error;
};

// A server has loaded what requests are made of by the time it listens.
const request = new Request('http://127.0.0.1/', { headers: { host: '127.0.0.1' } });
const start = performance.now();
const ledger = await openLedger(process.argv[2] as string, { write: true });
const opened = performance.now();
const { app, close } = createApp(
  {
    database: ledger.database,
    past: ledger.past,
    folder: ledger.folder,
    onChange: ledger.onChange,
    clock: Date.now,
    report,
    requestStop: async () => {},
  },
  { hosts: ['127.0.0.1'], access: null },
);
const ready = performance.now();
const response = await app.request(request);
const bytes = (await response.text()).length;
const answered = performance.now();
if (response.status !== 200) throw new Error(`GET / answered ${response.status}`);
console.log(JSON.stringify({ openMs: opened - start, readyMs: ready - opened, pageMs: answered - ready, bytes }));
close();
await ledger.close();
