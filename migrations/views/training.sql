-- The course of training. Lists that stand as JSON in one row an epoch are spread out here.

CREATE VIEW v1_epochs AS
SELECT
  runs.run_id,
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
FROM epochs
JOIN runs ON runs.first_position = epochs.run AND runs.to_position IS NULL
WHERE epochs.to_position IS NULL;

CREATE VIEW v1_confusion AS
SELECT
  runs.run_id,
  epochs.epoch,
  matrix_row.key AS true_class,
  cell.key AS predicted_class,
  (SELECT starts.classes ->> matrix_row.key FROM starts WHERE starts.run = epochs.run AND starts.to_position IS NULL) AS true_name,
  (SELECT starts.classes ->> cell.key FROM starts WHERE starts.run = epochs.run AND starts.to_position IS NULL) AS predicted_name,
  cell.value AS count
FROM epochs
JOIN runs ON runs.first_position = epochs.run AND runs.to_position IS NULL
JOIN events ON events.position = epochs.position,
  json_each(events.data, '$.confusion') AS matrix_row,
  json_each(matrix_row.value) AS cell
WHERE epochs.to_position IS NULL;

CREATE VIEW v1_layer_gradients AS
SELECT
  runs.run_id,
  epochs.epoch,
  norm.key AS layer,
  CASE norm.value WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST(norm.value AS REAL) END AS gradient_norm,
  CASE norm.value WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE iif(norm.value IS NULL, NULL, 'finite') END AS gradient_norm_state
FROM epochs
JOIN runs ON runs.first_position = epochs.run AND runs.to_position IS NULL
JOIN events ON events.position = epochs.position,
  json_each(events.data, '$.layerGradientNorms') AS norm
WHERE epochs.to_position IS NULL;

-- A point: [last step, loss mean, loss min, loss max, accuracy, learning rate, gradient norm].
CREATE VIEW v1_steps AS
SELECT
  runs.run_id,
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
FROM steps
JOIN runs ON runs.first_position = steps.run AND runs.to_position IS NULL,
  json_each(steps.points) AS point
WHERE steps.to_position IS NULL;

-- The numbers stay in the arrays of the event, little-endian Float32, and are decoded here. A byte's value is its place among all bytes in
-- order. A Float32 is, from its last byte down, a sign, 8 bits of exponent and 23 of fraction.
-- A channel's layout is [layer, channel, and the places of its four numbers, in floats].
CREATE VIEW v1_batch_norm AS
WITH all_bytes(every) AS (VALUES (x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff')),
places AS (
  SELECT
    runs.run_id,
    batch_norms.epoch,
    place.value ->> 0 AS layer,
    place.value ->> 1 AS channel,
    place.value ->> 2 AS running_mean,
    place.value ->> 3 AS running_variance,
    place.value ->> 4 AS batch_mean,
    place.value ->> 5 AS batch_variance,
    events.arrays
  FROM batch_norms
  JOIN runs ON runs.first_position = batch_norms.run AND runs.to_position IS NULL
  JOIN batch_norm_layouts ON batch_norm_layouts.run = batch_norms.run
    AND batch_norm_layouts.from_position <= batch_norms.position
    AND batch_norms.position < coalesce(batch_norm_layouts.to_position, 9e999)
  JOIN events ON events.position = batch_norms.position,
    json_each(batch_norm_layouts.channels) AS place
  WHERE batch_norms.to_position IS NULL
),
byte AS (
  SELECT
    run_id,
    epoch,
    layer,
    channel,
    instr(every, substr(arrays, 4 * running_mean + 1, 1)) - 1 AS running_mean_1,
    instr(every, substr(arrays, 4 * running_mean + 2, 1)) - 1 AS running_mean_2,
    instr(every, substr(arrays, 4 * running_mean + 3, 1)) - 1 AS running_mean_3,
    instr(every, substr(arrays, 4 * running_mean + 4, 1)) - 1 AS running_mean_4,
    instr(every, substr(arrays, 4 * running_variance + 1, 1)) - 1 AS running_variance_1,
    instr(every, substr(arrays, 4 * running_variance + 2, 1)) - 1 AS running_variance_2,
    instr(every, substr(arrays, 4 * running_variance + 3, 1)) - 1 AS running_variance_3,
    instr(every, substr(arrays, 4 * running_variance + 4, 1)) - 1 AS running_variance_4,
    instr(every, substr(arrays, 4 * batch_mean + 1, 1)) - 1 AS batch_mean_1,
    instr(every, substr(arrays, 4 * batch_mean + 2, 1)) - 1 AS batch_mean_2,
    instr(every, substr(arrays, 4 * batch_mean + 3, 1)) - 1 AS batch_mean_3,
    instr(every, substr(arrays, 4 * batch_mean + 4, 1)) - 1 AS batch_mean_4,
    instr(every, substr(arrays, 4 * batch_variance + 1, 1)) - 1 AS batch_variance_1,
    instr(every, substr(arrays, 4 * batch_variance + 2, 1)) - 1 AS batch_variance_2,
    instr(every, substr(arrays, 4 * batch_variance + 3, 1)) - 1 AS batch_variance_3,
    instr(every, substr(arrays, 4 * batch_variance + 4, 1)) - 1 AS batch_variance_4
  FROM places, all_bytes
)
SELECT
  run_id,
  epoch,
  layer,
  channel,
  CASE ((running_mean_4 & 127) * 2 + running_mean_3 / 128)
    WHEN 255 THEN iif(running_mean_1 + running_mean_2 + (running_mean_3 & 127), NULL, iif(running_mean_4 > 127, -9e999, 9e999))
    WHEN 0 THEN iif(running_mean_4 > 127, -1.0, 1.0) * (running_mean_1 + running_mean_2 * 256 + running_mean_3 * 65536) * pow(2.0, -149)
    ELSE iif(running_mean_4 > 127, -1.0, 1.0) * (running_mean_1 + running_mean_2 * 256 + (running_mean_3 | 128) * 65536) * pow(2.0, ((running_mean_4 & 127) * 2 + running_mean_3 / 128) - 150)
  END AS running_mean,
  CASE
    WHEN running_mean_4 & 127 < 127 OR running_mean_3 < 128 THEN 'finite'
    WHEN running_mean_1 + running_mean_2 + (running_mean_3 & 127) THEN 'nan'
    ELSE iif(running_mean_4 > 127, '-inf', 'inf')
  END AS running_mean_state,
  CASE ((running_variance_4 & 127) * 2 + running_variance_3 / 128)
    WHEN 255 THEN iif(running_variance_1 + running_variance_2 + (running_variance_3 & 127), NULL, iif(running_variance_4 > 127, -9e999, 9e999))
    WHEN 0 THEN iif(running_variance_4 > 127, -1.0, 1.0) * (running_variance_1 + running_variance_2 * 256 + running_variance_3 * 65536) * pow(2.0, -149)
    ELSE iif(running_variance_4 > 127, -1.0, 1.0) * (running_variance_1 + running_variance_2 * 256 + (running_variance_3 | 128) * 65536) * pow(2.0, ((running_variance_4 & 127) * 2 + running_variance_3 / 128) - 150)
  END AS running_variance,
  CASE
    WHEN running_variance_4 & 127 < 127 OR running_variance_3 < 128 THEN 'finite'
    WHEN running_variance_1 + running_variance_2 + (running_variance_3 & 127) THEN 'nan'
    ELSE iif(running_variance_4 > 127, '-inf', 'inf')
  END AS running_variance_state,
  CASE ((batch_mean_4 & 127) * 2 + batch_mean_3 / 128)
    WHEN 255 THEN iif(batch_mean_1 + batch_mean_2 + (batch_mean_3 & 127), NULL, iif(batch_mean_4 > 127, -9e999, 9e999))
    WHEN 0 THEN iif(batch_mean_4 > 127, -1.0, 1.0) * (batch_mean_1 + batch_mean_2 * 256 + batch_mean_3 * 65536) * pow(2.0, -149)
    ELSE iif(batch_mean_4 > 127, -1.0, 1.0) * (batch_mean_1 + batch_mean_2 * 256 + (batch_mean_3 | 128) * 65536) * pow(2.0, ((batch_mean_4 & 127) * 2 + batch_mean_3 / 128) - 150)
  END AS batch_mean,
  CASE
    WHEN batch_mean_4 & 127 < 127 OR batch_mean_3 < 128 THEN 'finite'
    WHEN batch_mean_1 + batch_mean_2 + (batch_mean_3 & 127) THEN 'nan'
    ELSE iif(batch_mean_4 > 127, '-inf', 'inf')
  END AS batch_mean_state,
  CASE ((batch_variance_4 & 127) * 2 + batch_variance_3 / 128)
    WHEN 255 THEN iif(batch_variance_1 + batch_variance_2 + (batch_variance_3 & 127), NULL, iif(batch_variance_4 > 127, -9e999, 9e999))
    WHEN 0 THEN iif(batch_variance_4 > 127, -1.0, 1.0) * (batch_variance_1 + batch_variance_2 * 256 + batch_variance_3 * 65536) * pow(2.0, -149)
    ELSE iif(batch_variance_4 > 127, -1.0, 1.0) * (batch_variance_1 + batch_variance_2 * 256 + (batch_variance_3 | 128) * 65536) * pow(2.0, ((batch_variance_4 & 127) * 2 + batch_variance_3 / 128) - 150)
  END AS batch_variance,
  CASE
    WHEN batch_variance_4 & 127 < 127 OR batch_variance_3 < 128 THEN 'finite'
    WHEN batch_variance_1 + batch_variance_2 + (batch_variance_3 & 127) THEN 'nan'
    ELSE iif(batch_variance_4 > 127, '-inf', 'inf')
  END AS batch_variance_state
FROM byte;

CREATE VIEW v1_learning_rates AS
SELECT
  runs.run_id,
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
FROM learning_rates
JOIN runs ON runs.first_position = learning_rates.run AND runs.to_position IS NULL
WHERE learning_rates.to_position IS NULL;

CREATE VIEW v1_checkpoints AS
SELECT
  runs.run_id,
  checkpoints.epoch,
  checkpoints.step,
  checkpoints.sha256,
  checkpoints.bytes,
  checkpoints.reason,
  checkpoints.position
FROM checkpoints
JOIN runs ON runs.first_position = checkpoints.run AND runs.to_position IS NULL
WHERE checkpoints.to_position IS NULL;

-- One row a number of a metric that was worked out after the fact.
CREATE VIEW v1_metrics AS
SELECT
  runs.run_id,
  metrics.metric,
  metrics.epoch,
  metrics.part,
  metrics.settings,
  entry.key AS name,
  CASE entry.value WHEN 'NaN' THEN NULL WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE CAST(entry.value AS REAL) END AS value,
  CASE entry.value WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' WHEN '-Infinity' THEN '-inf' ELSE 'finite' END AS value_state,
  metrics.position
FROM metrics
JOIN runs ON runs.first_position = metrics.run AND runs.to_position IS NULL,
  json_each(metrics.numbers) AS entry;
