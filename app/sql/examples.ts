// Queries to start from: each a question that people ask of their runs. A test runs them all.

export interface Example {
  title: string;
  sql: string;
}

export const examples: readonly Example[] = [
  {
    title: 'best runs',
    sql: `-- Which runs validate best, and at which epoch?
select name, dataset, batch_norm, lr, seed,
       round(100 * best_val_accuracy, 2) as best_accuracy, best_epoch
from v1_runs
where best_val_accuracy is not null
order by best_val_accuracy desc
limit 20`,
  },
  {
    title: 'with and without batch normalization',
    sql: `-- What does batch normalization change, over all repeats?
select dataset, batch_norm, count(*) as runs,
       round(100 * avg(val_accuracy), 2) as mean_accuracy,
       round(100 * min(val_accuracy), 2) as worst,
       round(100 * max(val_accuracy), 2) as best
from v1_runs
where status = 'completed'
group by dataset, batch_norm
order by dataset, batch_norm desc`,
  },
  {
    title: 'runs that diverged',
    sql: `-- Which runs lost their loss, and where?
select r.name, e.epoch, e.learning_rate, e.train_loss_state, e.val_loss_state
from v1_epochs e join v1_runs r using (run_id)
where 'finite' not in (e.train_loss_state, e.val_loss_state)
order by r.name, e.epoch`,
  },
  {
    title: 'slowest epoch of each run',
    sql: `-- Which epoch of each run took longest?
select r.name, e.epoch, round(max(e.seconds), 2) as seconds, round(e.samples_per_second) as images_per_second
from v1_epochs e join v1_runs r using (run_id)
group by e.run_id
order by seconds desc`,
  },
];
