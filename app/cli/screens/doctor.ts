// A diagnosis in the terminal: a line a subject, then what is broken and what repairs it.
import { bytes, integer } from '../../../views/format/number.ts';
import type { Diagnosis } from '../../doctor/diagnosis.ts';
import type { EngineFindings } from '../../doctor/engine.ts';
import type { Fault } from '../../doctor/fault.ts';
import type { LedgerFindings } from '../../doctor/ledger.ts';
import type { Paint } from '../terminal/paint.ts';
import type { Screen } from '../terminal/screen.ts';
import { padEnd } from '../terminal/width.ts';

const labelWidth = 15;

/** Lines of the report. */
export function doctorReport(found: Diagnosis, { paint }: Pick<Screen, 'paint'>): string[] {
  const row = (label: string, text: string): string => `${padEnd(paint.muted(label), labelWidth)}${text}`;
  const pinned = found.node === found.pinnedNode ? 'the pinned one' : `pinned is ${found.pinnedNode}`;
  return [
    row('runledger', found.runledger),
    row('node', `${found.node}, ${pinned} · V8 ${found.v8}`),
    row('machine', `${found.cpu} · ${found.os} ${found.arch} · ${bytes(found.memoryBytes)}`),
    row('threads', `${integer(found.cores)}, one a core`),
    ...engineRows(found.engine, row, paint),
    row('ledger', ledgerText(found.ledger, paint)),
    ...found.dataSets.map(({ name, state, help }, index) =>
      row(index === 0 ? 'data sets' : '', `${padEnd(name, labelWidth)}${dataSetText(state, help, paint)}`),
    ),
    row('for tests', `browser ${found.tools.browser ?? paint.muted('○ none')} · sqlite3 ${found.tools.sqlite3 ?? paint.muted('○ none')}`),
    '',
    ...verdict(found.faults, paint),
  ];
}

function engineRows(engine: EngineFindings, row: (label: string, text: string) => string, paint: Paint): string[] {
  const { simd, fused, arithmetics, flags, peak } = engine;
  return [
    row('V8 flags', flags.length === 0 ? paint.muted('none') : flags.join(' ')),
    row('vectors', simd ? 'WebAssembly SIMD' : paint.worse('✗ none')),
    row('multiply-add', fused ? 'fused, one rounding' : `rounds twice: recipes need  ${paint.bold('--set arithmetic=strict')}`),
    ...arithmetics.map(({ arithmetic, backend, agrees }, index) => {
      const tested = agrees ? paint.better('✓ equals the reference') : paint.worse('✗ differs from the reference');
      return row(index === 0 ? 'self-test' : '', `${padEnd(arithmetic, 8)}${backend}  ${tested}`);
    }),
    ...(peak === null ? [] : [row('peak', peakText(peak))]),
  ];
}

/** What loops of multiply-adds alone reach. */
function peakText({ oneThread, allThreads, threads }: NonNullable<EngineFindings['peak']>): string {
  const one = `${integer(oneThread)} GFLOP/s on one thread`;
  return threads === 1 ? one : `${one}, ${integer(allThreads)} on ${threads} (${(allThreads / oneThread).toFixed(2)} times)`;
}

function ledgerText({ folder, state, schema, events, runs }: LedgerFindings, paint: Paint): string {
  if (state === 'broken') return `${folder}  ${paint.worse('✗ broken')}`;
  if (state === 'none') return `${folder}  ${paint.muted('○ none yet, the first run makes it')}`;
  return `${folder}  ✓ ready · schema ${schema} · ${integer(runs)} ${runs === 1 ? 'run' : 'runs'}, ${integer(events)} events`;
}

function dataSetText(state: Diagnosis['dataSets'][number]['state'], help: string | null, paint: Paint): string {
  if (state === 'ready') return '✓ ready';
  if (state === 'damaged') return paint.worse('✗ damaged');
  return `${paint.muted('○ missing')}${help === null ? '' : `  ${help.split('\n')[0]}`}`;
}

function verdict(faults: readonly Fault[], paint: Paint): string[] {
  if (faults.length === 0) return [paint.better('✓ ready to train')];
  return faults.flatMap(({ message, help }) => [`${paint.worse('✗ broken')}  ${message}`, `${paint.bold('help')}  ${help}`]);
}
