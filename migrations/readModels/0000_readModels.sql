CREATE TABLE `attempts` (
	`position` integer PRIMARY KEY NOT NULL,
	`run` integer NOT NULL,
	`attempt` integer NOT NULL,
	`started_at` text NOT NULL,
	`epoch` integer NOT NULL,
	`step` integer NOT NULL,
	`checkpoint` text
) STRICT;
--> statement-breakpoint
CREATE INDEX `attempts_run` ON `attempts` (`run`);--> statement-breakpoint
CREATE TABLE `recipes` (
	`from_position` integer PRIMARY KEY NOT NULL,
	`to_position` integer,
	`run` integer NOT NULL,
	`recipe` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `recipes_run` ON `recipes` (`run`);--> statement-breakpoint
CREATE TABLE `runs` (
	`from_position` integer PRIMARY KEY NOT NULL,
	`to_position` integer,
	`first_position` integer NOT NULL,
	`run_id` text NOT NULL,
	`name` text,
	`status` text NOT NULL,
	`attempt` integer NOT NULL,
	`archived` integer NOT NULL,
	`tags` text NOT NULL,
	`sweep_id` text,
	`trial` integer,
	`parent_run_id` text,
	`parent_epoch` integer,
	`parent_config_id` text,
	`replayed` text,
	`queued_at` text,
	`started_at` text,
	`ended_at` text,
	`config_id` text,
	`dataset` text,
	`dataset_fingerprint` text,
	`seed` integer,
	`batch_norm` integer,
	`optimizer` text,
	`lr` real,
	`schedule` text,
	`augment` text,
	`dropout` real,
	`batch` integer,
	`epochs` integer,
	`arithmetic` text,
	`numerics` integer,
	`backend` text,
	`threads` integer,
	`parameters` integer,
	`flops_per_sample` real,
	`steps_per_epoch` integer,
	`epochs_done` integer NOT NULL,
	`steps_done` integer NOT NULL,
	`seconds` real,
	`seconds_before` real,
	`samples_per_second` real,
	`train_loss` real,
	`train_accuracy` real,
	`val_loss` real,
	`val_accuracy` real,
	`best_epoch` integer,
	`best_val_loss` real,
	`best_val_accuracy` real,
	`test_loss` real,
	`test_accuracy` real,
	`best_test_loss` real,
	`best_test_accuracy` real,
	`weights_sha256` text,
	`fingerprint` text,
	`error_code` text,
	`error_message` text,
	`error_help` text,
	`not_a_number` text
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `runs_open` ON `runs` (`run_id`) WHERE to_position IS NULL;--> statement-breakpoint
CREATE INDEX `runs_open_newest` ON `runs` (`to_position`,`first_position`,`status`,`archived`,`dataset`,`config_id`,`run_id`,`name`,`tags`) WHERE to_position IS NULL;--> statement-breakpoint
CREATE INDEX `runs_open_configuration` ON `runs` (`config_id`,`seed`) WHERE to_position IS NULL;--> statement-breakpoint
CREATE INDEX `runs_open_parent` ON `runs` (`parent_run_id`) WHERE to_position IS NULL AND parent_run_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `runs_versions` ON `runs` (`first_position`,`from_position`);--> statement-breakpoint
CREATE TABLE `starts` (
	`position` integer PRIMARY KEY NOT NULL,
	`to_position` integer,
	`run` integer NOT NULL,
	`layers` text NOT NULL,
	`classes` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `starts_run` ON `starts` (`run`);--> statement-breakpoint
CREATE TABLE `unknown_events` (
	`position` integer PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`schema_version` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `batch_norm_layouts` (
	`from_position` integer PRIMARY KEY NOT NULL,
	`to_position` integer,
	`run` integer NOT NULL,
	`channels` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `batch_norm_layouts_run` ON `batch_norm_layouts` (`run`);--> statement-breakpoint
CREATE TABLE `batch_norms` (
	`position` integer PRIMARY KEY NOT NULL,
	`to_position` integer,
	`run` integer NOT NULL,
	`epoch` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `batch_norms_run` ON `batch_norms` (`run`,`epoch`);--> statement-breakpoint
CREATE TABLE `checkpoints` (
	`position` integer PRIMARY KEY NOT NULL,
	`to_position` integer,
	`run` integer NOT NULL,
	`epoch` integer NOT NULL,
	`step` integer NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`reason` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `checkpoints_run` ON `checkpoints` (`run`);--> statement-breakpoint
CREATE TABLE `epochs` (
	`position` integer PRIMARY KEY NOT NULL,
	`to_position` integer,
	`run` integer NOT NULL,
	`epoch` integer NOT NULL,
	`step` integer NOT NULL,
	`train_loss` real,
	`train_accuracy` real,
	`val_loss` real,
	`val_accuracy` real,
	`val_batch_loss` real,
	`val_batch_accuracy` real,
	`learning_rate` real,
	`gradient_norm` real,
	`seconds` real,
	`samples_per_second` real,
	`weights_sha256` text NOT NULL,
	`not_a_number` text
) STRICT;
--> statement-breakpoint
CREATE INDEX `epochs_run` ON `epochs` (`run`,`epoch`,`to_position`,`val_accuracy`);--> statement-breakpoint
CREATE TABLE `learning_rates` (
	`position` integer PRIMARY KEY NOT NULL,
	`to_position` integer,
	`run` integer NOT NULL,
	`epoch` integer NOT NULL,
	`step` integer NOT NULL,
	`from_rate` real,
	`to_rate` real,
	`schedule` text NOT NULL,
	`why` text NOT NULL,
	`not_a_number` text
) STRICT;
--> statement-breakpoint
CREATE INDEX `learning_rates_run` ON `learning_rates` (`run`,`step`);--> statement-breakpoint
CREATE TABLE `metrics` (
	`position` integer PRIMARY KEY NOT NULL,
	`run` integer NOT NULL,
	`metric` text NOT NULL,
	`epoch` integer NOT NULL,
	`part` text NOT NULL,
	`settings` text NOT NULL,
	`numbers` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `metrics_run` ON `metrics` (`run`,`metric`,`epoch`);--> statement-breakpoint
CREATE TABLE `steps` (
	`position` integer PRIMARY KEY NOT NULL,
	`to_position` integer,
	`run` integer NOT NULL,
	`epoch` integer NOT NULL,
	`last_step` integer NOT NULL,
	`points` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `steps_run` ON `steps` (`run`,`epoch`,`last_step`);--> statement-breakpoint
CREATE TABLE `ablations` (
	`position` integer PRIMARY KEY NOT NULL,
	`ablation_id` text NOT NULL,
	`name` text NOT NULL,
	`sweep_id` text NOT NULL,
	`metric` text NOT NULL,
	`factors` text NOT NULL,
	`seeds` text NOT NULL,
	`declared_at` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `sweeps` (
	`from_position` integer PRIMARY KEY NOT NULL,
	`to_position` integer,
	`sweep_id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`metric` text NOT NULL,
	`factors` text NOT NULL,
	`seeds` text NOT NULL,
	`declared_at` text NOT NULL,
	`status` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `sweeps_open` ON `sweeps` (`sweep_id`) WHERE to_position IS NULL;--> statement-breakpoint
CREATE TABLE `trials` (
	`position` integer PRIMARY KEY NOT NULL,
	`sweep_id` text NOT NULL,
	`trial` integer NOT NULL,
	`run_id` text NOT NULL,
	`seed` integer NOT NULL,
	`assignment` text NOT NULL,
	`reused` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `trials_sweep` ON `trials` (`sweep_id`,`trial`);--> statement-breakpoint
CREATE INDEX `trials_run` ON `trials` (`run_id`);