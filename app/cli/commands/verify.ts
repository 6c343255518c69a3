// `runledger verify`: is the ledger what it was when it was written? Exit 1 where it is not.
import { Command } from 'commander';
import { runReference } from '../../../views/format/identity.ts';
import type { Check, Damage, Verification } from '../../ledger/verify/index.ts';
import type { CliContext } from '../context.ts';

export function verifyCommand(context: CliContext): Command {
  return new Command('verify')
    .description('recompute every hash of the ledger; says what a hash chain can prove')
    .option('--head', 'print the head of the ledger and those of all streams, to keep them elsewhere', false)
    .action(({ head }: { head: boolean }) => verify(context, head));
}

async function verify(context: CliContext, heads: boolean): Promise<void> {
  const { verifyLedger } = await import('../../ledger/verify/index.ts');
  const progress = await context.progress();
  const { host, err } = context;
  const found = await verifyLedger(context.ledger, {
    clock: host.clock,
    onCheck: (name) => progress.show(() => [err.paint.muted(`  ${name} …`)]),
  }).finally(() => progress.end());
  const { out } = context;
  for (const line of await report(found, context)) out.line(line);
  if (heads) {
    out.line(`${found.head}  ledger`);
    for (const { stream, version, hash } of found.heads) out.line(`${hash}  ${version}  ${stream}`);
  }
  if (!found.ok) context.exitCode = 1;
}

async function report({ ok, checks, head, damages, faults, orphans }: Verification, { out: { paint } }: CliContext): Promise<string[]> {
  const { grouped } = await import('../../../views/format/identity.ts');
  const { bytes, integer } = await import('../../../views/format/number.ts');
  const { duration } = await import('../../../views/format/time.ts');
  const width = Math.max(...checks.map(({ detail }) => detail.length)) + 3;
  const verdictWidth = Math.max(...checks.map(({ verdict }) => verdict.length)) + 2;
  const checked = ({ name, detail, ok: good, verdict, seconds }: Check): string => {
    const said = good ? paint.better(verdict) : paint.worse(verdict);
    return `  ${name.padEnd(14)}${paint.muted(detail.padEnd(width))}${said}${' '.repeat(verdictWidth - verdict.length)}${paint.muted(duration(seconds))}`;
  };
  const damaged = ({ stream, version, type, found, expected, restsOnIt }: Damage): string[] => [
    `${paint.worse('✗ damaged')}  ${stream}, version ${version}${type === null ? ', is missing' : `, ${type}`}`,
    `  hash      ${grouped(found ?? '')} found, ${grouped(expected ?? '')} expected`,
    `  rests on it  ${restsOnIt === 0 ? 'nothing later' : `${integer(restsOnIt)} later ${restsOnIt === 1 ? 'event' : 'events'} of the stream`}`,
  ];
  const left =
    orphans.count === 0
      ? ''
      : ` · ${integer(orphans.count)} orphaned ${orphans.count === 1 ? 'blob' : 'blobs'}, ${bytes(orphans.bytes)}, left by a crash`;
  return [
    ...checks.map(checked),
    ...damages.flatMap(damaged),
    ...faults.map((fault) => `  ${fault}`),
    ok ? `${paint.better('✓ intact')}  head ${grouped(head)}${left}` : `${paint.worse('✗ not intact')}  head ${grouped(head)}${left}`,
    ...helpLines(checks, damages).map((help, index) => `${index === 0 ? paint.bold('help') : '    '}  ${help}`),
    paint.muted('  A chain cannot show that its end is missing: keep the head elsewhere.'),
  ];
}

const restoring = 'unpack the newest backup beside it:  mkdir restored && tar --zstd -xf <backup> -C restored';

/** What to do next: for a changed event of a run, how to see what was changed; else what repairs it, where something can. */
function helpLines(checks: readonly Check[], damages: readonly Damage[]): string[] {
  const bad = (name: Check['name']): boolean => checks.some((check) => check.name === name && !check.ok);
  const [, runId] = /^run\/([0-9a-f-]{36})$/.exec(damages[0]?.stream ?? '') ?? [];
  if (bad('chain') || bad('database') || bad('guards'))
    return [
      ...(runId === undefined ? [] : [`runledger replay ${runReference(runId)}  trains it again and shows what was changed`]),
      restoring,
      ...(damages.length === 0 ? [] : ['runledger export <run…> --out <file>  takes runs that are intact over into a new ledger']),
    ];
  if (bad('blobs'))
    return [
      'checkpoints are a cache: their runs can be trained again, to the same bits',
      'runledger import <file>  brings back files of an export',
    ];
  if (bad('read models')) return ['runledger rebuild'];
  return [];
}
