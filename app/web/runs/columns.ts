// The columns of the runs table: how each is headed, how a group of repeats sorts by it, and which leave first on a narrow page.

export interface Column {
  /** In the URL, `?sort=`. */
  key: string;
  heading: string;
  /** Value of a group, as an aggregate over its runs in `v1_runs`; null where a column cannot be sorted by. */
  sortBy: string | null;
  number: boolean;
  /** p3 leaves first, then p2, then p1; null stays. */
  rank: 'p1' | 'p2' | 'p3' | null;
}

export const columns: readonly Column[] = [
  { key: 'name', heading: 'Run', sortBy: 'min(name) COLLATE NOCASE', number: false, rank: null },
  { key: 'status', heading: 'Status', sortBy: 'min(status)', number: false, rank: 'p1' },
  { key: 'curve', heading: 'Val curve', sortBy: null, number: false, rank: null },
  { key: 'accuracy', heading: 'Val acc, %', sortBy: 'avg(val_accuracy)', number: true, rank: null },
  { key: 'loss', heading: 'Val loss', sortBy: 'avg(val_loss)', number: true, rank: 'p2' },
  { key: 'gap', heading: 'Gap', sortBy: 'avg(train_accuracy - val_accuracy)', number: true, rank: 'p3' },
  { key: 'epochs', heading: 'Epochs', sortBy: 'avg(epochs_done)', number: true, rank: 'p2' },
  { key: 'lr', heading: 'lr', sortBy: 'avg(lr)', number: true, rank: 'p2' },
  { key: 'bn', heading: 'BN', sortBy: 'min(batch_norm)', number: false, rank: 'p3' },
  { key: 'augment', heading: 'Augment', sortBy: 'min(augment)', number: false, rank: 'p3' },
  { key: 'optimizer', heading: 'Optimizer', sortBy: 'min(optimizer)', number: false, rank: 'p3' },
  { key: 'dataset', heading: 'Data set', sortBy: 'min(dataset)', number: false, rank: 'p3' },
  { key: 'time', heading: 'Time', sortBy: 'avg(seconds)', number: true, rank: 'p1' },
  { key: 'speed', heading: 'img/s', sortBy: 'avg(samples_per_second)', number: true, rank: 'p3' },
  { key: 'started', heading: 'Queued', sortBy: 'max(first_position)', number: true, rank: 'p2' },
];

export const newestFirst = { sort: 'started', descending: true } as const;
