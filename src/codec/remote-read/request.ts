/** `prometheus.ReadRequest`, in a snappy block. Follows prompb/remote.proto and DecodeReadRequest, prometheus/storage/remote/codec.go@v3.14. */
import { defineError, messageOf } from '../../core/errors.ts'
import { unixMs } from '../../core/time.ts'
import type { TimeRange, UnixMs } from '../../core/time.ts'
import type { Matcher, Selector } from '../../model/matcher.ts'
import { checkLabelRegexp } from '../../model/regexp.ts'
import { ProtoReader } from '../protobuf.ts'
import { uncompressSnappy } from '../snappy.ts'

export const badReadRequest = defineError<{ message: string }>({
  code: 'codec.bad_read_request',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ message }) => message,
  advice: 'Send a prometheus.ReadRequest as the remote read specification has it.',
})

/** The forms of answers, by Prometheus' numbers. */
export const RESPONSE_TYPE = { samples: 0, chunks: 1 } as const
export type ResponseType = keyof typeof RESPONSE_TYPE

export interface ReadQuery {
  readonly selector: Selector
  readonly range: TimeRange<UnixMs>
}

export interface ReadRequest {
  readonly queries: readonly ReadQuery[]
  /** The first one that the client accepts and that there is; samples when it says nothing. */
  readonly responseType: ResponseType
}

/**
 * Decodes a body that is `maxBytes` at most once uncompressed. Hints are passed over: they only tell what need not be looked at.
 * Throws `codec.snappy_*`, `codec.protobuf_malformed` and `codec.bad_read_request`.
 */
export function decodeReadRequest(body: Uint8Array, maxBytes: number): ReadRequest {
  const reader = new ProtoReader(uncompressSnappy(body, maxBytes))
  const queries: ReadQuery[] = []
  const accepted: number[] = []
  while (reader.next()) {
    if (reader.field === 1) queries.push(readQuery(reader))
    else if (reader.field === 2) reader.uint32s(accepted)
    else reader.skip()
  }
  return { queries, responseType: firstKnown(accepted) }
}

function firstKnown(accepted: readonly number[]): ResponseType {
  if (accepted.length === 0) return 'samples'
  const names = Object.keys(RESPONSE_TYPE) as ResponseType[]
  for (const one of accepted) {
    const name = names.find((known) => RESPONSE_TYPE[known] === one)
    if (name !== undefined) return name
  }
  const message = `none of the response types ${accepted.slice(0, 10).join(', ')} is supported; supported are SAMPLES (0) and STREAMED_XOR_CHUNKS (1)`
  throw badReadRequest({ message })
}

function readQuery(reader: ProtoReader): ReadQuery {
  const outer = reader.enter()
  const selector: Matcher[] = []
  let [start, end] = [0, 0]
  while (reader.next()) {
    if (reader.field === 1) start = reader.int64()
    else if (reader.field === 2) end = reader.int64()
    else if (reader.field === 3) selector.push(readMatcher(reader))
    else reader.skip()
  }
  reader.leave(outer)
  return { selector, range: halfOpen(start, end) }
}

/** The outermost times there are; clients write "from ever" as the least int64. */
const MOST_MS = 8.64e15

/** Both ends belong to a query's range there. */
function halfOpen(start: number, end: number): TimeRange<UnixMs> {
  const from = Math.max(-MOST_MS, Math.min(MOST_MS, start))
  const to = Math.min(MOST_MS, end + 1)
  return { start: unixMs(from), end: unixMs(Math.max(from, to)) }
}

const OPS = ['=', '!=', '=~', '!~'] as const

function readMatcher(reader: ProtoReader): Matcher {
  const outer = reader.enter()
  let [type, name, value] = [0, '', '']
  while (reader.next()) {
    if (reader.field === 1) type = reader.int32()
    else if (reader.field === 2) name = reader.string()
    else if (reader.field === 3) value = reader.string()
    else reader.skip()
  }
  reader.leave(outer)
  const op = OPS[type]
  if (op === undefined) throw badReadRequest({ message: `invalid matcher type: ${type}` })
  if (op === '=~' || op === '!~') checkRegexp(value)
  return { name, op, value }
}

function checkRegexp(pattern: string): void {
  try {
    checkLabelRegexp(pattern)
  } catch (cause) {
    throw badReadRequest({ message: messageOf(cause) }, { cause })
  }
}
