import { kills } from './kills.ts';
import { testKind } from './small.ts';

testKind(kills);
