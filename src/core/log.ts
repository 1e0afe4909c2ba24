import type { Clock } from './clock.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** A structured log. `child` adds fields to every line that it writes. Values never hold secrets. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  child(fields: LogFields): Log
}

export interface LogOptions {
  readonly level: LogLevel
  readonly format: 'logfmt' | 'json'
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** Writes one line a call to `write` (stderr in the process, an array in tests). */
export function createLog(
  options: LogOptions,
  deps: { readonly clock: Clock; readonly write: (line: string) => void },
  bound: LogFields = {},
): Log {
  const emit = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    if (RANK[level] < RANK[options.level]) return
    const ts = new Date(deps.clock.now()).toISOString()
    const line = { ts, level, msg: message, ...bound, ...fields }
    deps.write(options.format === 'json' ? toJson(line) : logfmt(line))
  }
  return {
    debug: (message, fields) => emit('debug', message, fields),
    info: (message, fields) => emit('info', message, fields),
    warn: (message, fields) => emit('warn', message, fields),
    error: (message, fields) => emit('error', message, fields),
    child: (fields) => createLog(options, deps, { ...bound, ...fields }),
  }
}

function logfmt(line: LogFields): string {
  return Object.entries(line)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${quote(String(value))}`)
    .join(' ')
}

function quote(value: string): string {
  return value === '' || /[\s"=\\\p{Cc}]/u.test(value) ? toJson(value) : value
}

// A value may come from anybody: it must neither begin a line of its own nor speak to the terminal that shows it.
function toJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Swallows everything: for tests that do not look at the log. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
}
