// Composition root of the command line: wires the commands to one program and turns what they throw into an exit code.
// A command is a file of commands/ that exports `xCommand(context)`; heavy libraries are imported inside its action, so that `--help` stays quick.
import { Command, CommanderError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { allowMerging } from '../../trainer/v8Flags.ts';
import { type CliContext, createContext, type GlobalOptions, type Host } from './context.ts';
import { type ExitCode, exitCodeOf, printError, toRunledgerError } from './errors.ts';
import { colorModes } from './terminal/screen.ts';

type CreateCommand = (context: CliContext) => Command;

/** In the order of the help. Each is loaded when it is asked for. */
const commands: Readonly<Record<string, () => Promise<CreateCommand>>> = {
  train: async () => (await import('./commands/train.ts')).trainCommand,
  describe: async () => (await import('./commands/describe.ts')).describeCommand,
  resume: async () => (await import('./commands/resume.ts')).resumeCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  fork: async () => (await import('./commands/fork.ts')).forkCommand,
  sweep: async () => (await import('./commands/sweep.ts')).sweepCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  runs: async () => (await import('./commands/runs.ts')).runsCommand,
  show: async () => (await import('./commands/show.ts')).showCommand,
  tag: async () => (await import('./commands/tag.ts')).tagCommand,
  note: async () => (await import('./commands/tag.ts')).noteCommand,
  rename: async () => (await import('./commands/tag.ts')).renameCommand,
  stop: async () => (await import('./commands/stop.ts')).stopCommand,
  archive: async () => (await import('./commands/archive.ts')).archiveCommand,
  restore: async () => (await import('./commands/archive.ts')).restoreCommand,
  prune: async () => (await import('./commands/prune.ts')).pruneCommand,
  purge: async () => (await import('./commands/purge.ts')).purgeCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  backup: async () => (await import('./commands/backup.ts')).backupCommand,
  measure: async () => (await import('./commands/measure.ts')).measureCommand,
  sql: async () => (await import('./commands/sql.ts')).sqlCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  'verify-recipe': async () => (await import('./commands/verify-recipe.ts')).verifyRecipeCommand,
  rebuild: async () => (await import('./commands/rebuild.ts')).rebuildCommand,
  data: async () => (await import('./commands/data.ts')).dataCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
};

/** The commands that a command line may mean: those it names, or all where it asks for help or names none. */
function commandsOf(argv: readonly string[]): Promise<CreateCommand[]> {
  const named = Object.keys(commands).filter((name) => argv.includes(name));
  const all = named.length === 0 || argv.some((word) => ['help', '--help', '-h'].includes(word));
  return Promise.all((all ? Object.keys(commands) : named).map((name) => commands[name]!()));
}

/** Commander gives settings to subcommands that it makes itself; ours are made by their files. */
function adopt(parent: Command, child: Command): void {
  child.copyInheritedSettings(parent);
  for (const grandchild of child.commands) adopt(child, grandchild);
}

function createProgram(host: Host, commands: readonly CreateCommand[]): { program: Command; context: CliContext } {
  const program = new Command('runledger')
    .description('An experiment tracker with a trainer inside.')
    .version(packageJson.version)
    .option('--ledger <folder>', 'folder of the ledger (default: $RUNLEDGER, else ./runledger)')
    .addOption(new Option('--color <when>', 'colours').choices(colorModes).default('auto'))
    .option('--debug', 'show where an error came from', false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      outputError: () => {},
    })
    .exitOverride();
  const context = createContext(host, () => program.opts<GlobalOptions>());
  for (const create of commands) {
    const command = create(context);
    adopt(program, command);
    program.addCommand(command);
  }
  return { program, context };
}

const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError';

/** Runs one command line (without node and script) and gives its exit code. */
export async function run(argv: readonly string[], host: Host): Promise<ExitCode> {
  const { program, context } = createProgram(host, await commandsOf(argv));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return context.exitCode;
  } catch (thrown) {
    // Help and version are thrown too, with code 0; so is the help that commander prints where a command is missing.
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    if (thrown instanceof CommanderError && thrown.code === 'commander.help') return 2;
    if (context.interrupted && isAbort(thrown)) {
      context.err.line(context.err.paint.muted('■ stopped'));
      return context.exitCode;
    }
    const error = toRunledgerError(thrown);
    printError(error, context.err, context.debug);
    return exitCodeOf(error);
  }
}

if (import.meta.main) {
  // Every command, because all share one cache of compiled code.
  allowMerging();
  // Whoever reads us may stop reading (`runledger runs | head`): no reason to complain, or to stop a training.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  process.exitCode = await run(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    workingFolder: process.cwd(),
    platform: process.platform,
    signals: process,
    clock: () => performance.timeOrigin + performance.now(),
  });
}
