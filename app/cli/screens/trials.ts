// The trials of a grid in the terminal, best first.

import { runReference } from '../../../views/format/identity.ts';
import { accuracy, loss } from '../../../views/format/metric.ts';
import { statusText, statusTone } from '../../../views/format/status.ts';
import { runTime } from '../../../views/format/time.ts';
import { levelLabel, shortFactor } from '../../ablations/factors.ts';
import type { TrialRow } from '../../sweeps/trial-rows.ts';
import type { Screen } from '../terminal/screen.ts';
import { type Column, table } from '../terminal/table.ts';

export function trialsReport(rows: readonly TrialRow[], screen: Screen): string[] {
  const { paint } = screen;
  const best = rows[0]?.validationAccuracy;
  const right = (title: string, cell: (row: TrialRow) => string): Column<TrialRow> => ({ title, cell, align: 'right' });
  const factors = Object.keys(rows[0]?.assignment ?? {}).map(
    (path): Column<TrialRow> => ({
      title: shortFactor(path),
      cell: ({ assignment }) => levelLabel(assignment[path] ?? null),
      shrinks: true,
    }),
  );
  return table(
    rows,
    [
      right('trial', ({ trial }) => String(trial)),
      { title: 'run', cell: ({ runId }) => paint.muted(runReference(runId)) },
      ...factors,
      right('seed', ({ seed }) => String(seed)),
      { title: 'status', cell: ({ status }) => paint[statusTone(status)](statusText(status)) },
      right('val acc %', ({ validationAccuracy: value }) =>
        value !== null && value === best ? paint.bold(accuracy(value)) : accuracy(value),
      ),
      { ...right('val loss', ({ validationLoss }) => loss(validationLoss)), wide: true },
      right('epoch', ({ epochsDone, epochs }) => (epochsDone === epochs ? String(epochs) : `${epochsDone}/${epochs}`)),
      right('time', ({ seconds }) => runTime(seconds)),
    ],
    screen,
  );
}
