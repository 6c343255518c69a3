-- The course of training. Lists that stand as JSON in one row an epoch are spread out here.

CREATE VIEW v1_epochs AS
SELECT
  epochs.run_id,
  epochs.epoch,
  epochs.step,
  epochs.train_loss,
  CASE
    WHEN epochs.train_loss IS NOT NULL THEN CASE epochs.train_loss WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(epochs.not_a_number, ',train_loss,') > 0 THEN 'nan'
  END AS train_loss_state,
  epochs.train_accuracy,
  CASE
    WHEN epochs.train_accuracy IS NOT NULL THEN CASE epochs.train_accuracy WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(epochs.not_a_number, ',train_accuracy,') > 0 THEN 'nan'
  END AS train_accuracy_state,
  epochs.val_loss,
  CASE
    WHEN epochs.val_loss IS NOT NULL THEN CASE epochs.val_loss WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(epochs.not_a_number, ',val_loss,') > 0 THEN 'nan'
  END AS val_loss_state,
  epochs.val_accuracy,
  CASE
    WHEN epochs.val_accuracy IS NOT NULL THEN CASE epochs.val_accuracy WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(epochs.not_a_number, ',val_accuracy,') > 0 THEN 'nan'
  END AS val_accuracy_state,
  epochs.val_batch_loss,
  CASE
    WHEN epochs.val_batch_loss IS NOT NULL THEN CASE epochs.val_batch_loss WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(epochs.not_a_number, ',val_batch_loss,') > 0 THEN 'nan'
  END AS val_batch_loss_state,
  epochs.val_batch_accuracy,
  CASE
    WHEN epochs.val_batch_accuracy IS NOT NULL THEN CASE epochs.val_batch_accuracy WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(epochs.not_a_number, ',val_batch_accuracy,') > 0 THEN 'nan'
  END AS val_batch_accuracy_state,
  epochs.learning_rate,
  CASE
    WHEN epochs.learning_rate IS NOT NULL THEN CASE epochs.learning_rate WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(epochs.not_a_number, ',learning_rate,') > 0 THEN 'nan'
  END AS learning_rate_state,
  epochs.gradient_norm,
  CASE
    WHEN epochs.gradient_norm IS NOT NULL THEN CASE epochs.gradient_norm WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(epochs.not_a_number, ',gradient_norm,') > 0 THEN 'nan'
  END AS gradient_norm_state,
  epochs.seconds,
  epochs.samples_per_second,
  epochs.weights_sha256,
  epochs.position
FROM epochs;

CREATE VIEW v1_confusion AS
SELECT
  epochs.run_id,
  epochs.epoch,
  matrix_row.key AS true_class,
  cell.key AS predicted_class,
  (SELECT starts.classes ->> matrix_row.key FROM starts WHERE starts.run_id = epochs.run_id ORDER BY starts.position DESC LIMIT 1) AS true_name,
  (SELECT starts.classes ->> cell.key FROM starts WHERE starts.run_id = epochs.run_id ORDER BY starts.position DESC LIMIT 1) AS predicted_name,
  cell.value AS count
FROM epochs, json_each(epochs.confusion) AS matrix_row, json_each(matrix_row.value) AS cell;

CREATE VIEW v1_layer_gradients AS
SELECT
  epochs.run_id,
  epochs.epoch,
  norm.key AS layer,
  CASE norm.value WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST(norm.value AS REAL) END AS gradient_norm,
  CASE norm.value WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE iif(norm.value IS NULL, NULL, 'finite') END AS gradient_norm_state
FROM epochs, json_each(epochs.layer_gradients) AS norm;

-- A point: [last step, loss mean, loss min, loss max, accuracy, learning rate, gradient norm].
CREATE VIEW v1_steps AS
SELECT
  steps.run_id,
  steps.epoch,
  point.value ->> 0 AS step,
  CASE (point.value ->> 1) WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST((point.value ->> 1) AS REAL) END AS loss_mean,
  CASE (point.value ->> 1) WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE iif((point.value ->> 1) IS NULL, NULL, 'finite') END AS loss_mean_state,
  CASE (point.value ->> 2) WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST((point.value ->> 2) AS REAL) END AS loss_min,
  CASE (point.value ->> 2) WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE iif((point.value ->> 2) IS NULL, NULL, 'finite') END AS loss_min_state,
  CASE (point.value ->> 3) WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST((point.value ->> 3) AS REAL) END AS loss_max,
  CASE (point.value ->> 3) WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE iif((point.value ->> 3) IS NULL, NULL, 'finite') END AS loss_max_state,
  CASE (point.value ->> 4) WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST((point.value ->> 4) AS REAL) END AS accuracy,
  CASE (point.value ->> 4) WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE iif((point.value ->> 4) IS NULL, NULL, 'finite') END AS accuracy_state,
  CASE (point.value ->> 5) WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST((point.value ->> 5) AS REAL) END AS learning_rate,
  CASE (point.value ->> 5) WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE iif((point.value ->> 5) IS NULL, NULL, 'finite') END AS learning_rate_state,
  CASE (point.value ->> 6) WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST((point.value ->> 6) AS REAL) END AS gradient_norm,
  CASE (point.value ->> 6) WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE iif((point.value ->> 6) IS NULL, NULL, 'finite') END AS gradient_norm_state
FROM steps, json_each(steps.points) AS point;

-- A channel: [running mean, running variance, batch mean, batch variance].
CREATE VIEW v1_batch_norm AS
SELECT
  batch_norms.run_id,
  batch_norms.epoch,
  layer.key AS layer,
  channel.key AS channel,
  CASE (channel.value ->> 0) WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST((channel.value ->> 0) AS REAL) END AS running_mean,
  CASE (channel.value ->> 0) WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE iif((channel.value ->> 0) IS NULL, NULL, 'finite') END AS running_mean_state,
  CASE (channel.value ->> 1) WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST((channel.value ->> 1) AS REAL) END AS running_variance,
  CASE (channel.value ->> 1) WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE iif((channel.value ->> 1) IS NULL, NULL, 'finite') END AS running_variance_state,
  CASE (channel.value ->> 2) WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST((channel.value ->> 2) AS REAL) END AS batch_mean,
  CASE (channel.value ->> 2) WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE iif((channel.value ->> 2) IS NULL, NULL, 'finite') END AS batch_mean_state,
  CASE (channel.value ->> 3) WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST((channel.value ->> 3) AS REAL) END AS batch_variance,
  CASE (channel.value ->> 3) WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE iif((channel.value ->> 3) IS NULL, NULL, 'finite') END AS batch_variance_state
FROM batch_norms, json_each(batch_norms.layers) AS layer, json_each(layer.value) AS channel;

CREATE VIEW v1_learning_rates AS
SELECT
  learning_rates.run_id,
  learning_rates.epoch,
  learning_rates.step,
  learning_rates.from_rate,
  CASE
    WHEN learning_rates.from_rate IS NOT NULL THEN CASE learning_rates.from_rate WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(learning_rates.not_a_number, ',from_rate,') > 0 THEN 'nan'
  END AS from_rate_state,
  learning_rates.to_rate,
  CASE
    WHEN learning_rates.to_rate IS NOT NULL THEN CASE learning_rates.to_rate WHEN 9e999 THEN 'inf' WHEN -9e999 THEN '-inf' ELSE 'finite' END
    WHEN instr(learning_rates.not_a_number, ',to_rate,') > 0 THEN 'nan'
  END AS to_rate_state,
  learning_rates.schedule,
  learning_rates.why
FROM learning_rates;

CREATE VIEW v1_checkpoints AS
SELECT run_id, epoch, step, sha256, bytes, reason FROM checkpoints;
