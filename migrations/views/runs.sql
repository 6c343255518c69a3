-- Runs: one row each, of the newest version. Published: columns are added, never renamed or taken away; docs/sql.md describes each.
-- Status: a run under way whose lease is silent is doubted, and given up after a minute or where nobody holds it.
-- Steps done: within an epoch the newest block of steps knows more.
-- (SQLite keeps what stands within a statement, comments too, in every ledger.)

CREATE VIEW v1_runs AS
SELECT
  runs.run_id,
  runs.name,
  CASE
    WHEN runs.status NOT IN ('queued', 'running') THEN runs.status
    WHEN leases.run_id IS NULL THEN iif(runs.status = 'queued', 'queued', 'interrupted')
    WHEN unixepoch() - leases.beat_at / 1000 > 60 THEN 'interrupted'
    WHEN unixepoch() - leases.beat_at / 1000 > 10 THEN 'suspect'
    ELSE runs.status
  END AS status,
  runs.config_id,
  runs.dataset,
  runs.dataset_fingerprint,
  runs.seed,
  runs.batch_norm,
  runs.optimizer,
  runs.lr,
  runs.schedule,
  runs.augment,
  runs.dropout,
  runs.batch,
  runs.epochs,
  runs.epochs_done,
  iif(
    runs.status IN ('running', 'failed', 'interrupted'),
    max(runs.steps_done, coalesce((SELECT steps.last_step FROM steps WHERE steps.run = runs.first_position AND steps.to_position IS NULL ORDER BY steps.epoch DESC, steps.last_step DESC LIMIT 1), 0)),
    runs.steps_done
  ) AS steps_done,
  runs.steps_per_epoch,
  runs.parameters,
  runs.flops_per_sample,
  runs.arithmetic,
  runs.numerics,
  runs.backend,
  runs.threads,
  runs.queued_at,
  runs.started_at,
  runs.ended_at,
  runs.seconds,
  runs.samples_per_second,
  runs.train_loss,
  CASE
    WHEN runs.train_loss IS NOT NULL THEN CASE runs.train_loss WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(runs.not_a_number, ',train_loss,') > 0 THEN 'nan'
  END AS train_loss_state,
  runs.train_accuracy,
  CASE
    WHEN runs.train_accuracy IS NOT NULL THEN CASE runs.train_accuracy WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(runs.not_a_number, ',train_accuracy,') > 0 THEN 'nan'
  END AS train_accuracy_state,
  runs.val_loss,
  CASE
    WHEN runs.val_loss IS NOT NULL THEN CASE runs.val_loss WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(runs.not_a_number, ',val_loss,') > 0 THEN 'nan'
  END AS val_loss_state,
  runs.val_accuracy,
  CASE
    WHEN runs.val_accuracy IS NOT NULL THEN CASE runs.val_accuracy WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(runs.not_a_number, ',val_accuracy,') > 0 THEN 'nan'
  END AS val_accuracy_state,
  runs.best_val_accuracy,
  CASE
    WHEN runs.best_val_accuracy IS NOT NULL THEN CASE runs.best_val_accuracy WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(runs.not_a_number, ',best_val_accuracy,') > 0 THEN 'nan'
  END AS best_val_accuracy_state,
  runs.best_val_loss,
  CASE
    WHEN runs.best_val_loss IS NOT NULL THEN CASE runs.best_val_loss WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(runs.not_a_number, ',best_val_loss,') > 0 THEN 'nan'
  END AS best_val_loss_state,
  runs.best_epoch,
  runs.test_loss,
  CASE
    WHEN runs.test_loss IS NOT NULL THEN CASE runs.test_loss WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(runs.not_a_number, ',test_loss,') > 0 THEN 'nan'
  END AS test_loss_state,
  runs.test_accuracy,
  CASE
    WHEN runs.test_accuracy IS NOT NULL THEN CASE runs.test_accuracy WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(runs.not_a_number, ',test_accuracy,') > 0 THEN 'nan'
  END AS test_accuracy_state,
  runs.best_test_loss,
  CASE
    WHEN runs.best_test_loss IS NOT NULL THEN CASE runs.best_test_loss WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(runs.not_a_number, ',best_test_loss,') > 0 THEN 'nan'
  END AS best_test_loss_state,
  runs.best_test_accuracy,
  CASE
    WHEN runs.best_test_accuracy IS NOT NULL THEN CASE runs.best_test_accuracy WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(runs.not_a_number, ',best_test_accuracy,') > 0 THEN 'nan'
  END AS best_test_accuracy_state,
  runs.weights_sha256,
  runs.fingerprint,
  runs.error_code,
  runs.error_message,
  runs.error_help,
  runs.attempt,
  runs.archived,
  runs.tags,
  runs.sweep_id,
  runs.trial,
  runs.parent_run_id,
  runs.parent_epoch,
  runs.replayed,
  (SELECT recipes.recipe FROM recipes WHERE recipes.run = runs.first_position AND recipes.to_position IS NULL) AS recipe,
  runs.from_position AS position,
  runs.first_position
FROM runs
LEFT JOIN leases ON leases.run_id = runs.run_id
WHERE runs.to_position IS NULL;

-- Every leaf of the canonical recipe; paths like optimizer.lr and network[0].kernel.
CREATE VIEW v1_params AS
SELECT runs.run_id, substr(leaf.fullkey, 3) AS path, leaf.atom AS value
FROM recipes
JOIN runs ON runs.first_position = recipes.run AND runs.to_position IS NULL,
  json_tree(recipes.recipe) AS leaf
WHERE recipes.to_position IS NULL AND leaf.type NOT IN ('object', 'array');

CREATE VIEW v1_augmentations AS
SELECT
  runs.run_id,
  step.key + 1 AS ordinal,
  step.value ->> '$.kind' AS operator,
  step.value ->> '$.name' AS name,
  json_remove(step.value, '$.kind', '$.name') AS settings
FROM recipes
JOIN runs ON runs.first_position = recipes.run AND runs.to_position IS NULL,
  json_each(recipes.recipe, '$.augment') AS step
WHERE recipes.to_position IS NULL;

CREATE VIEW v1_schedules AS
SELECT
  runs.run_id,
  recipes.recipe ->> '$.schedule.type' AS type,
  json_remove(recipes.recipe -> '$.schedule', '$.type') AS settings
FROM recipes
JOIN runs ON runs.first_position = recipes.run AND runs.to_position IS NULL
WHERE recipes.to_position IS NULL;

CREATE VIEW v1_layers AS
SELECT
  runs.run_id,
  layer.key + 1 AS ordinal,
  layer.value ->> '$.name' AS layer,
  layer.value ->> '$.kind' AS kind,
  layer.value ->> '$.input[0]' AS in_channels,
  layer.value ->> '$.input[1]' AS in_height,
  layer.value ->> '$.input[2]' AS in_width,
  layer.value ->> '$.output[0]' AS out_channels,
  layer.value ->> '$.output[1]' AS out_height,
  layer.value ->> '$.output[2]' AS out_width,
  layer.value ->> '$.parameters' AS parameters,
  layer.value ->> '$.flops' AS flops
FROM starts
JOIN runs ON runs.first_position = starts.run AND runs.to_position IS NULL,
  json_each(starts.layers) AS layer
WHERE starts.to_position IS NULL;

-- What users wrote about a run, and the files it gave up: both are rare, and read from the events of its notes.
CREATE VIEW v1_notes AS
SELECT run_id, data ->> '$.text' AS note, recorded_at AS noted_at, v1_events.position
FROM v1_runs
JOIN v1_events ON stream = 'run/' || run_id || '/notes' AND type = 'RunNoted';

CREATE VIEW v1_removals AS
SELECT
  run_id,
  iif(type = 'RunPurged', 'purged', 'pruned') AS kind,
  json_array_length(data, '$.blobs') AS files,
  data ->> '$.bytes' AS bytes,
  recorded_at AS removed_at,
  v1_events.position
FROM v1_runs
JOIN v1_events ON stream = 'run/' || run_id || '/notes' AND type IN ('CheckpointsPruned', 'RunPurged');

-- The times a run was taken up. "epoch" and "step" are the last ones that it kept of what went before.
CREATE VIEW v1_attempts AS
SELECT runs.run_id, attempts.attempt, attempts.started_at, attempts.epoch, attempts.step, attempts.checkpoint, attempts.position
FROM attempts
JOIN runs ON runs.first_position = attempts.run AND runs.to_position IS NULL;
