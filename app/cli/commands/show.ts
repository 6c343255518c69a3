// `runledger show`: the report of one run, and what its recipe says otherwise than that of the run it is compared with.
import { Command, Option } from 'commander';
import { levelLabel } from '../../ablations/factors.ts';
import type { Json } from '../../ledger/ports.ts';
import { pageHint } from '../address.ts';
import type { CliContext } from '../context.ts';
import { atOption } from '../options.ts';

interface ShowOptions {
  base?: string;
  at?: number;
  format: 'table' | 'json';
}

export function showCommand(context: CliContext): Command {
  return new Command('show')
    .description('report of one run')
    .argument('<run>', 'its name, or the start of its id (four digits or more)')
    .option('--base <run>', 'run to compare with (default: the newest completed one of the same configuration)')
    .addOption(atOption())
    .addOption(new Option('--format <format>', 'how to print it').choices(['table', 'json']).default('table'))
    .action((run: string, options: ShowOptions) => show(context, run, options));
}

async function show(context: CliContext, word: string, { base, at, format }: ShowOptions): Promise<void> {
  const { withLedger } = await import('../withLedger.ts');
  const { livingStatus } = await import('../../runs/living.ts');
  const { bytesNeeded, bytesOfRun } = await import('../../runs/bytes.ts');
  const { findRunAt, momentLine, readingAt } = await import('../asOf.ts');
  const { findBase, readReport } = await import('../../runs/report.ts');
  const { recipeDifferences } = await import('../../runs/differences.ts');
  const { runReport } = await import('../screens/run-report.ts');
  await withLedger(context, { write: false }, async (ledger) => {
    const reading = readingAt(ledger, at);
    const { database, moment } = reading;
    const runId = findRunAt(ledger.database, reading, word);
    const other = base === undefined ? findBase(database, runId) : findRunAt(ledger.database, reading, base);
    const stored = readReport(database, runId);
    // Who was under way in the past was alive then.
    const report = moment === null ? { ...stored, status: await livingStatus(ledger.leases, runId, stored.status) } : stored;
    const compared = other === null ? null : readReport(database, other);
    const differences = compared === null ? [] : recipeDifferences(compared.recipe, report.recipe);
    // Which files were there in the past nobody knows; which were needed the events say.
    const taken = moment === null ? await bytesOfRun(database, ledger.blobs, runId) : bytesNeeded(database, runId);
    const { out } = context;
    if (format === 'json') {
      out.line(
        JSON.stringify({ ...report, at: moment?.position ?? null, bytes: taken, base: compared?.runId ?? null, differences }, nonFinite, 2),
      );
      return;
    }
    for (const line of [...momentLine(moment, out), ...runReport(report, compared, out, { taken, at: moment?.position })]) out.line(line);
    for (const line of await pageHint(context, runId)) out.line(line);
    if (compared === null) return;
    out.line();
    out.line(out.paint.muted(`recipe, against ${compared.name}`));
    if (differences.length === 0) out.line('  the same');
    for (const { path, before, after } of differences) out.line(`  ${path}  ${said(before)} → ${said(after)}`);
  });
}

/** A setting in words; `absent` where a recipe has no such. A layer's kind stands in its name already. */
function said(json: string | null): string {
  if (json === null) return 'absent';
  const value = JSON.parse(json) as Json;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return levelLabel(value);
  const { kind: _, ...settings } = value;
  return levelLabel(settings) || 'there';
}

/** JSON has no NaN: such numbers are printed as text, as the ledger stores them. */
function nonFinite(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
