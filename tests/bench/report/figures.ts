// The few figures that `--json` puts first, by the names that scripts ask for; null where a row was not measured.
import type { Row } from './row.ts';

export interface Figures {
  imagesPerSecond: number | null;
  /** 0 to 1. */
  trainStepShareOfPeak: number | null;
  /** Both cores. */
  probeGflops: number | null;
  twoThreadsVsOne: number | null;
  probeTwoVsOne: number | null;
  /** Of the run's CPU time, 0 to 1. */
  recordingOverhead: number | null;
  trainStepVsPyTorch: number | null;
}

export function figures(rows: readonly Row[]): Figures {
  const row = (id: string) => rows.find((candidate) => candidate.id === id);
  const share = row('train.shareOfPeak');
  const threads = row('train.twoThreads');
  const percent = (value: number | undefined) => (value === undefined ? null : value / 100);
  return {
    imagesPerSecond: share?.samples['Runledger, 2 threads']?.median ?? null,
    trainStepShareOfPeak: percent(share?.ratio?.value),
    probeGflops: share?.against?.value ?? null,
    twoThreadsVsOne: threads?.measured?.value ?? null,
    probeTwoVsOne: threads?.against?.value ?? null,
    recordingOverhead: percent(row('recording.cpu')?.measured?.value),
    trainStepVsPyTorch: row('train.pytorch')?.ratio?.value ?? null,
  };
}
