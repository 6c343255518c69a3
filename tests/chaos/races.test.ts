import { races } from './races.ts';
import { testKind } from './small.ts';

testKind(races);
