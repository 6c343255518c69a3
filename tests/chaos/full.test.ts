import { fileSizes, pages, smallDisks } from './full.ts';
import { testKind } from './small.ts';

testKind(pages);
testKind(fileSizes);
testKind(smallDisks);
