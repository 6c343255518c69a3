// SQLite's result codes in our words. Apart from the connection, so that who prints errors need not load SQLite.

/** Our code and the help for one of SQLite's, e.g. `SQLITE_BUSY_SNAPSHOT`. */
export function explain(code: string): [code: string, help: string] {
  if (code.startsWith('SQLITE_BUSY')) return ['ledger.busy', 'another process has been writing for five seconds; try again'];
  // The shared memory of a write-ahead log is a file too, and has no room to grow on a full disk.
  if (code.startsWith('SQLITE_FULL') || code === 'SQLITE_IOERR_SHMSIZE')
    return ['ledger.full', 'the disk is full; make room and try again, nothing committed is lost'];
  if (code.startsWith('SQLITE_IOERR')) return ['ledger.io', 'the disk did not answer; check it, then run  runledger verify'];
  // A guard of the log that this program's own statements meet: another one has written.
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'SQLITE_CONSTRAINT_TRIGGER')
    return ['ledger.damaged', 'see what is damaged with  runledger verify'];
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY'))
    return ['ledger.access', 'check that the folder exists and may be written'];
  return ['ledger.storage', 'see what is wrong with  runledger verify'];
}
