import { bits } from './bits.ts';
import { testKind } from './small.ts';

testKind(bits);
