-- Sweeps, their trials, and the ablations declared over them.

CREATE VIEW v1_sweeps AS
SELECT
  sweeps.sweep_id,
  sweeps.name,
  sweeps.kind,
  sweeps.metric,
  sweeps.factors,
  sweeps.seeds,
  sweeps.declared_at,
  sweeps.status,
  (SELECT count(*) FROM trials WHERE trials.sweep_id = sweeps.sweep_id) AS trials
FROM sweeps
WHERE sweeps.to_position IS NULL;

-- A trial's status is its run's; `proposed` until the run is queued.
CREATE VIEW v1_trials AS
SELECT
  trials.sweep_id,
  trials.trial,
  trials.run_id,
  trials.seed,
  trials.assignment,
  coalesce((SELECT v1_runs.status FROM v1_runs WHERE v1_runs.run_id = trials.run_id), 'proposed') AS status,
  trials.reused
FROM trials;

CREATE VIEW v1_ablations AS
SELECT ablation_id, name, sweep_id, metric, factors, seeds, declared_at FROM ablations;
