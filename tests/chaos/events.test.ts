import { events } from './events.ts';
import { testKind } from './small.ts';

testKind(events);
