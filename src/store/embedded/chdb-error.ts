import { messageOf } from '../../core/errors.ts'
import { fromClickHouse, storeStopped } from '../errors.ts'

/** The catalogue's error for one of chDB or of the file system; others pass untouched. */
export function chdbError(error: unknown): unknown {
  const { code } = error as { code?: unknown }
  if (code === 'CHDB_CLOSED') return storeStopped(undefined, { cause: error })
  const fromFile = error instanceof Error && 'errno' in error && 'syscall' in error
  const fromChdb = typeof code === 'string' && code.startsWith('CHDB_')
  return fromFile || fromChdb ? fromClickHouse(messageOf(error), { cause: error }) : error
}
