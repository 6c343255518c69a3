import { rebuilds } from './rebuilds.ts';
import { testKind } from './small.ts';

testKind(rebuilds);
