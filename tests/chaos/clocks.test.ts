import { clocks } from './clocks.ts';
import { testKind } from './small.ts';

testKind(clocks);
