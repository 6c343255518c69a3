import { commits } from './commits.ts';
import { testKind } from './small.ts';

testKind(commits);
