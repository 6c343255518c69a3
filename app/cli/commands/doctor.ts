// `runledger doctor`: what this machine gives, and what stands in the way. Exit 1 where something is broken.
import { Command, Option } from 'commander';
import type { EngineFindings } from '../../doctor/engine.ts';
import type { CliContext } from '../context.ts';

/** `examine` looks at the engine; tests bring their own. */
export function doctorCommand(context: CliContext, examine?: () => Promise<EngineFindings>): Command {
  return new Command('doctor')
    .description('what this machine gives: engine, speed, ledger, data sets; exit 1 where something is broken')
    .addOption(new Option('--format <format>', 'how to print it').choices(['table', 'json']).default('table'))
    .action(({ format }: { format: 'table' | 'json' }) => doctor(context, format, examine));
}

async function doctor(context: CliContext, format: 'table' | 'json', examine?: () => Promise<EngineFindings>): Promise<void> {
  const { diagnose } = await import('../../doctor/diagnosis.ts');
  const { standardPlaces } = await import('../../datasets/index.ts');
  const { doctorReport } = await import('../screens/doctor.ts');
  const { out, err, host, ledger } = context;
  const { environment, platform } = host;
  const progress = await context.progress();
  progress.show(() => [err.paint.muted('testing kernels and measuring, about two seconds')]);
  const subject = { ledger, places: standardPlaces(environment), environment, platform };
  const found = await diagnose(subject, examine).finally(() => progress.end());
  if (format === 'json') out.line(JSON.stringify(found, null, 2));
  else for (const line of doctorReport(found, out)) out.line(line);
  if (found.faults.length > 0) context.exitCode = 1;
}
