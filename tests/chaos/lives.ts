// Random histories of a few small runs: what they record is synthetic, what happens to them is everything that can happen to a run.
import type { Json, NewEvent } from '../../app/ledger/ports.ts';
import type { Fact } from '../../trainer/index.ts';
import { asEvents, type Plan, syntheticFacts, syntheticRecipe } from '../app/ledger/synthetic.ts';
import { eventSource, streamOf, uuidOf } from '../contracts/events.ts';

export interface Said {
  stream: string;
  event: NewEvent;
}

type Random = () => number;
type Source = ReturnType<typeof eventSource>;

const path = 'network.simpleCnn.batchNorm';

/** Events in the order in which they were recorded, of three to six runs that go on side by side. */
export function randomHistory(random: Random): Said[] {
  const event = eventSource();
  const below = (n: number) => Math.floor(random() * n);
  const history: Said[] = [];
  const say = (stream: string, type: string, data: Json, attempt = 0) => history.push({ stream, event: event(type, { data, attempt }) });

  const runs = 3 + below(4);
  const plans = Array.from({ length: runs }, (_, index): Plan => {
    const plan = {
      epochs: 2 + below(3),
      seed: 1 + (index >> 1),
      batchNorm: index % 2 === 0,
      train: 640,
      lr: random() < 0.7 ? 0.001 : 0.01,
    };
    return random() < 0.15 ? { ...plan, divergesAt: 2 } : plan;
  });
  const sweep = random() < 0.6 ? declareSweep(plans, below, say) : null;
  const lives = plans.map((plan, index) => life({ random, event, plan, n: index + 1, runs, sweep: sweep !== null && index < sweep }));
  let alive = lives;
  while (alive.length > 0) {
    // The first ones are further on, so that later runs have something to fork from.
    const chosen = alive[Math.min(below(alive.length), below(alive.length))]!;
    for (let many = 1 + below(6); many > 0; many--) {
      const { value, done } = chosen.next();
      if (done) {
        alive = alive.filter((other) => other !== chosen);
        break;
      }
      history.push(value);
    }
    if (random() < 0.03) say(streamOf('note', 1), 'Invented', { by: 'a later version' });
  }
  if (sweep !== null)
    say(streamOf('sweep', 1), random() < 0.5 ? 'SweepCompleted' : 'SweepStopped', { completed: 1, failed: 0, by: 'user', why: 'asked' });
  return history;
}

/** A sweep over the first runs, and an ablation of it. Returns how many. */
function declareSweep(
  plans: readonly Plan[],
  below: (n: number) => number,
  say: (stream: string, type: string, data: Json) => void,
): number {
  const factors = [{ path, values: [true, false] }];
  const seeds = [1, 2];
  const trials = 1 + below(plans.length);
  say(streamOf('sweep', 1), 'SweepDeclared', { name: 'bn', kind: 'grid', recipe: {}, factors, seeds, metric: 'valAccuracy' });
  say(streamOf('ablation', 2), 'AblationDeclared', {
    name: 'batch normalization',
    sweep: uuidOf(1),
    factors,
    seeds,
    metric: 'valAccuracy',
  });
  for (const [index, plan] of plans.slice(0, trials).entries())
    say(streamOf('sweep', 1), 'TrialProposed', {
      trial: index + 1,
      run: uuidOf(index + 1),
      assignment: { [path]: plan.batchNorm ?? true },
      seed: plan.seed ?? 1,
      reused: false,
    });
  return trials;
}

interface Life {
  random: Random;
  event: Source;
  plan: Plan;
  n: number;
  /** How many runs there are, to fork from. */
  runs: number;
  sweep: boolean;
}

/** One run from its queue to its end or to nowhere, with what is said about it meanwhile. */
function* life({ random, event, plan, n, runs, sweep }: Life): Generator<Said> {
  const stream = streamOf('run', n);
  const below = (limit: number) => Math.floor(random() * limit);
  const say = (type: string, data: Json, attempt = 0, side = ''): Said => ({
    stream: stream + side,
    event: event(type, { data, attempt }),
  });
  const recipe = syntheticRecipe(plan) as unknown as Json;
  const name = random() < 0.8 ? `variant ${plan.batchNorm ? 'on' : 'off'} · seed ${plan.seed}` : null;
  yield say('RunQueued', { recipe, name, tags: random() < 0.3 ? ['paper'] : [], sweep: sweep ? { id: uuidOf(1), trial: n } : null });
  if (random() < 0.1) return;

  const [facts, others] = [factsOf(plan), factsOf({ ...plan, seed: 77 })];
  let next = 0;
  let attempt = 1;
  let taken: Fact[] = [];
  const emit = function* (part: readonly Fact[]): Generator<Said> {
    for (const recorded of asEvents(part, event)) {
      yield { stream, event: { ...recorded, attempt } };
      if (random() < 0.02) yield say('RunNamed', { name: `renamed ${below(9)}` }, 0, '/notes');
      if (random() < 0.02) yield say('RunTagged', { add: ['paper'], remove: random() < 0.5 ? ['baseline'] : [] }, 0, '/notes');
      if (random() < 0.01) yield say('StopRequested', { by: 'user', why: 'asked' }, 0, '/requests');
    }
    taken = [...taken, ...part.filter(({ type }) => type === 'CheckpointTaken')];
  };

  const forked = n > 1 && random() < 0.25;
  if (forked) {
    const epoch = 1;
    const step = 10 * epoch;
    const parent = uuidOf(1 + below(runs - 1));
    yield say(
      'RunForked',
      {
        parent,
        parentConfiguration: 'c'.repeat(64),
        event: uuidOf(900),
        epoch,
        step,
        checkpoint: 'd'.repeat(64),
        validation: { loss: 1, accuracy: 0.5 },
      },
      1,
    );
    yield* emit(facts.slice(0, 1));
    next = after(facts, epoch);
  }
  for (let lost = below(3); lost > 0; lost--) {
    const stop = next + 1 + below(facts.length - next - 1);
    yield* emit((random() < 0.5 ? facts : others).slice(next, stop).filter(({ type }) => type !== 'RunCompleted' && type !== 'RunFailed'));
    yield random() < 0.7
      ? say('RunInterrupted', { why: 'lease', lastBeat: null }, attempt)
      : say('RunStopped', { epoch: 1, step: 10, by: 'user', why: 'asked' }, attempt);
    if (random() < 0.15) return;
    attempt += 1;
    const checkpoint = forked || random() < 0.7 ? taken[below(taken.length)] : undefined;
    if (checkpoint?.type !== 'CheckpointTaken') {
      yield say('RunResumed', { attempt, checkpoint: null, epoch: 0, step: 0 }, attempt);
      [next, taken] = [0, []];
    } else {
      const { sha256, epoch, step } = checkpoint.data;
      yield say('RunResumed', { attempt, checkpoint: sha256, epoch, step }, attempt);
      next = after(facts, epoch);
      taken = taken.slice(0, taken.indexOf(checkpoint) + 1);
    }
  }
  yield* emit(facts.slice(next));
  if (random() < 0.3) yield say('RunReplayed', replayed(random() < 0.5), 0, '/after');
  if (random() < 0.2)
    yield say('MetricMeasured', { metric: 'calibration', epoch: 1, part: 'test', settings: {}, values: { error: 0.1 } }, 0, '/after');
  if (random() < 0.2) yield say('RunArchived', { archived: true }, 0, '/notes');
  if (random() < 0.1) yield say('RunArchived', { archived: false }, 0, '/notes');
}

/** Where the facts of the next epoch begin; the end of the run where there is none. */
function after(facts: readonly Fact[], epoch: number): number {
  const next = facts.findIndex(({ data }) => 'epoch' in data && data.epoch > epoch);
  return next === -1 ? facts.length - 1 : next;
}

function replayed(same: boolean): Json {
  const span = { fromEpoch: 0, untilEpoch: 2, facts: 12 };
  if (same) return { ...span, verdict: 'identical', difference: null };
  const difference = { epoch: 2, step: 20, fact: 'EpochMeasured', layer: null, value: 'train.loss', recorded: 1, replayed: 2, note: null };
  return { ...span, verdict: 'differs', difference };
}

const known = new Map<string, Fact[]>();

/** The same for the same plan: made once. */
function factsOf(plan: Plan): Fact[] {
  const key = JSON.stringify(plan);
  const facts = known.get(key) ?? [...syntheticFacts(plan)];
  known.set(key, facts);
  return facts;
}
