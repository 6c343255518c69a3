// Where each channel's statistics stand in the arrays of a run's BatchNormMeasured events. The same for the whole run, so one row.
import type { batchNormLayouts as Table } from '../../db/training.ts';
import type { EventData } from '../catalogue/index.ts';
import { encodeJson } from '../json.ts';
import type { StoredEvent } from '../ports.ts';
import { series } from './floats.ts';
import { states } from './projection.ts';

const statistics = ['runningMean', 'runningVariance', 'batchMean', 'batchVariance'];

export const batchNormLayouts = states<typeof Table>({
  name: 'batchNormLayouts',
  version: 1,
  table: 'batch_norm_layouts',
  streams: 'run',
  key: 'run',
  evolve: {
    BatchNormMeasured: (previous, { arrays }, event, { run }) => {
      const channels = layoutText(arrays, event);
      return previous?.channels === channels ? previous : { run, channels };
    },
  },
});

/** Layouts by all that they follow from. Every epoch of a run has the same one, and its text takes longer than everything else about such an event. */
const texts = new Map<string, string>();
const mostTexts = 50;

function layoutText(arrays: EventData<'BatchNormMeasured'>['arrays'], event: StoredEvent): string {
  const key = `${event.arrays?.byteLength} ${JSON.stringify(arrays)}`;
  const text = texts.get(key) ?? encodeJson(layout(arrays, event));
  if (texts.size >= mostTexts) texts.clear();
  texts.set(key, text);
  return text;
}

/** [layer, channel, offset of each statistic in floats], layers in the order of the arrays; what does not lie in them is left out. */
function layout(arrays: EventData<'BatchNormMeasured'>['arrays'], event: StoredEvent): (string | number)[][] {
  const end = `/${statistics[0]}`;
  const layers = Object.keys(arrays).filter((name) => name.endsWith(end));
  layers.sort((a, b) => arrays[a]!.offset - arrays[b]!.offset);
  return layers.flatMap((first) => {
    const layer = first.slice(0, -end.length);
    const names = statistics.map((statistic) => `${layer}/${statistic}`);
    if (!names.every((name) => Object.hasOwn(arrays, name))) return [];
    const places = names.map((name) => arrays[name]!.offset);
    const channels = Math.min(...names.map((name) => series(event, arrays, name).length));
    return Array.from({ length: channels }, (_, channel) => [layer, channel, ...places.map((place) => place + channel)]);
  });
}
