import { testKind } from './small.ts';
import { wal } from './wal.ts';

testKind(wal);
