/** What the store can fail with. Both engines map ClickHouse's own codes through `fromClickHouse`. */
import { defineError } from '../core/errors.ts'
import type { BongsuError } from '../core/errors.ts'

export const storeUnavailable = defineError<{ detail: string }>({
  code: 'store.unavailable',
  status: 503,
  blame: 'operator',
  retry: true,
  message: ({ detail }) => `the store does not answer: ${detail}`,
  advice: 'Look at the cause; a remote store must be up and reachable under store.url.',
})

export const storeOpenFailed = defineError<{ path: string; detail: string }>({
  code: 'store.open_failed',
  status: 503,
  blame: 'operator',
  retry: false,
  message: ({ path, detail }) => `the store in "${path}" could not be opened: ${detail}`,
  advice: 'Put right what the message names; the data are left as they are.',
})

export const storeLocked = defineError<{ path: string; holder: string }>({
  code: 'store.locked',
  status: 503,
  blame: 'operator',
  retry: false,
  message: ({ path, holder }) => `the data folder "${path}" is in use by ${holder}`,
  advice: 'Stop the other process, or give this one another folder with store.path.',
})

export const storeTooNew = defineError<{ found: string; known: string }>({
  code: 'store.too_new',
  status: 503,
  blame: 'operator',
  retry: false,
  message: ({ found, known }) =>
    `the store was written by a newer program (it is at ${found}, this program knows ${known})`,
  advice: 'Run the newer version of Bongsu; a store is never taken back to an older form.',
})

export const migrationChanged = defineError<{ name: string }>({
  code: 'store.migration_changed',
  status: 503,
  blame: 'operator',
  retry: false,
  message: ({ name }) => `the migration "${name}" that this store went through is not the one in this program`,
  advice: 'Run a released version of Bongsu: a migration never changes once it was released.',
})

export const diskFull = defineError<{ detail: string }>({
  code: 'store.disk_full',
  status: 507,
  blame: 'operator',
  retry: true,
  message: ({ detail }) => `the store has no room on its disk: ${detail}`,
  advice: 'Free disk space or shorten store.retention; reading goes on meanwhile.',
})

export const queryTimeout = defineError<{ seconds: number }>({
  code: 'store.query_timeout',
  status: 503,
  blame: 'caller',
  retry: false,
  message: ({ seconds }) => `the store's query took longer than ${seconds} s`,
  advice: 'Narrow the selector or the range, or raise the timeout.',
})

export const memoryLimit = defineError<{ detail: string }>({
  code: 'store.memory_limit',
  status: 503,
  blame: 'caller',
  retry: false,
  message: ({ detail }) => `the store's query needs more memory than it may use: ${detail}`,
  advice: 'Narrow the selector or the range, or raise store.memory.query.',
})

export const storeRefused = defineError<{ clickhouseCode: number; detail: string }>({
  code: 'store.refused',
  status: 500,
  blame: 'nobody',
  retry: false,
  message: ({ clickhouseCode, detail }) => `the store refused (code ${clickhouseCode}): ${detail}`,
  advice: 'This is a fault of Bongsu or of a changed schema; please report it with the message.',
})

export const storeStopped = defineError<void>({
  code: 'store.stopped',
  status: 503,
  blame: 'nobody',
  retry: true,
  message: () => 'the store is not running',
  advice: 'Send again once the process is up.',
})

type Mapping = (detail: string, code: number, timeoutSeconds: number) => BongsuError

const unavailable: Mapping = (detail) => storeUnavailable({ detail })
const full: Mapping = (detail) => diskFull({ detail })
const slow: Mapping = (_, __, seconds) => queryTimeout({ seconds })
const memory: Mapping = (detail) => memoryLimit({ detail })

/** ClickHouse's error codes that mean something to a caller (src/Common/ErrorCodes.cpp); all others are refusals. */
const MAPPINGS: Readonly<Record<number, Mapping>> = {
  3: unavailable, // UNEXPECTED_END_OF_FILE
  159: slow, // TIMEOUT_EXCEEDED
  160: slow, // TOO_SLOW
  164: unavailable, // READONLY
  202: unavailable, // TOO_MANY_SIMULTANEOUS_QUERIES
  203: unavailable, // NO_FREE_CONNECTION
  209: unavailable, // SOCKET_TIMEOUT
  210: unavailable, // NETWORK_ERROR
  236: unavailable, // ABORTED: the server is shutting down
  241: memory, // MEMORY_LIMIT_EXCEEDED
  242: unavailable, // TABLE_IS_READ_ONLY
  243: full, // NOT_ENOUGH_SPACE
  252: unavailable, // TOO_MANY_PARTS
  279: unavailable, // ALL_CONNECTION_TRIES_FAILED
  285: unavailable, // TOO_FEW_LIVE_REPLICAS
  319: unavailable, // UNKNOWN_STATUS_OF_INSERT
  394: unavailable, // QUERY_WAS_CANCELLED by someone else
  425: unavailable, // SYSTEM_ERROR
  516: unavailable, // AUTHENTICATION_FAILED
  999: unavailable, // KEEPER_EXCEPTION
}

/** The code of a ClickHouse message (`Code: 62. DB::Exception: ...`); 0 when it carries none. */
export function clickHouseCode(message: string): number {
  return Number(/Code: (\d+)\b/.exec(message)?.[1] ?? 0)
}

/**
 * The catalogue's error for a message of ClickHouse. `code` 0 = as in the message; `timeoutSeconds` is what the query was given.
 * A full disk hides behind several codes (a plain write error among them), but always names the errno.
 */
export function fromClickHouse(
  message: string,
  options: { code?: number; timeoutSeconds?: number; cause?: unknown } = {},
): BongsuError {
  const code = options.code ?? clickHouseCode(message)
  const detail = short(message)
  const full243 = /No space left on device|errno: 28\b|ENOSPC/.test(message)
  const mapping = full243 ? full : MAPPINGS[code]
  const error = mapping?.(detail, code, options.timeoutSeconds ?? 0) ?? storeRefused({ clickhouseCode: code, detail })
  error.cause = options.cause
  return error
}

// ClickHouse repeats the whole query and its plan in some messages: the first lines carry the reason.
function short(message: string): string {
  const text = message
    .replace(/^(Query failed: |Stream (fetch|query) failed: )/, '')
    .replace(/^Code: \d+\. DB::Exception: /, '')
  return text.length <= 600 ? text.trim() : `${text.slice(0, 600).trim()} ...`
}
