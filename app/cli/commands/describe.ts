// `runledger describe`: what network a recipe makes, layer by layer, before anything is trained or read.
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { DataSetOutline } from '../../../trainer/index.ts';
import type { CliContext } from '../context.ts';
import { type Format, formats, gather, threadCount } from '../options.ts';

interface DescribeOptions {
  set?: string[];
  threads?: number;
  format: Format;
}

type Outline = (name: string) => Promise<DataSetOutline>;

const outlineOfKnown: Outline = async (name) => (await import('../../datasets/index.ts')).outlineOf(name);

/** Tests bring their own data set. */
export function describeCommand(context: CliContext, outlineOf: Outline = outlineOfKnown): Command {
  return new Command('describe')
    .description('layers of a recipe: shapes, parameters, operations, receptive fields, memory; reads no image')
    .argument('<recipe>', 'a recipe, YAML or JSON')
    .option('--set <path=value>', 'change the recipe, e.g. network.simpleCnn.width=32; may be repeated', gather)
    .option('--threads <n>', 'threads that the memory is for (default: one a core)', threadCount)
    .addOption(new Option('--format <format>', 'how to print it').choices(formats).default('table'))
    .action((path: string, options: DescribeOptions) => describe(context, path, options, outlineOf));
}

async function describe({ out }: CliContext, path: string, options: DescribeOptions, outlineOf: Outline): Promise<void> {
  const { readWritten } = await import('../../runs/written.ts');
  const { buildRecipe, checkFit, parseSetting } = await import('../../runs/recipes.ts');
  const { describeNetwork, planMemory } = await import('../../../trainer/index.ts');
  const { describedReport, rawDescription } = await import('../screens/describe.ts');
  const written = readWritten(path);
  const settings = (options.set ?? []).map(parseSetting);
  const recipe = buildRecipe(written, settings);
  const outline = await outlineOf(recipe.dataset);
  const network = checkFit(recipe, outline, written, settings);
  const threads = options.threads ?? availableParallelism();
  const memoryBytes = await planMemory(recipe, network, threads);
  const described = { recipe, input: network.input, classes: network.classes, layers: describeNetwork(network), threads, memoryBytes };
  if (options.format === 'table') for (const line of describedReport(described, out)) out.line(line);
  else out.line(rawDescription(described, options.format));
}
