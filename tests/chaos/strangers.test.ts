import { testKind } from './small.ts';
import { strangers } from './strangers.ts';

testKind(strangers);
