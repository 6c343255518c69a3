import { repeats } from './repeats.ts';
import { testKind } from './small.ts';

testKind(repeats);
