/** The walker in WebAssembly; its source is wasm/remote-write.ts. */
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { Bug, defineError } from '../../core/errors.ts'
import { protobufMalformed } from '../protobuf.ts'
import { snappyCorrupt, snappyTooLarge } from '../snappy.ts'
import type { SeriesWalker, Walk, WalkLimits, WriteVersion } from './walk.ts'

export const tooManyRows = defineError<{ limit: number }>({
  code: 'codec.remote_write_too_many_rows',
  status: 413,
  blame: 'caller',
  retry: false,
  message: ({ limit }) => `the request holds more than ${limit} rows`,
  advice: 'Send smaller batches.',
})

export const wrongVersion = defineError<{ version: WriteVersion }>({
  code: 'codec.remote_write_wrong_version',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ version }) => `the body is not a message of remote write ${version}.0, which its content type names`,
  advice:
    'Name the message that is sent in the content type: proto=prometheus.WriteRequest or proto=io.prometheus.write.v2.Request.',
})

export const badSymbols = defineError<object>({
  code: 'codec.remote_write_bad_symbols',
  status: 400,
  blame: 'caller',
  retry: false,
  message: () => 'the first symbol is not the empty string',
  advice: 'Begin the table of symbols with an empty string, as remote write 2.0 asks for.',
})

/** The part of the global that is needed here; its types belong to the browser's library. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  setUp(maxCacheBytes: number, seed: number): void
  inputBuffer(length: number): number
  decode(length: number, maxRawBytes: number, rowLimit: number, version: number, scope: number): number
  remember(miss: number, version: number, ref: number): void
  noteMetadata(series: number, at: number, length: number): number
  forgetMetadata(entry: number, epoch: number): void
  cacheEpoch(): number
  rowCount(): number
  refsAt(): number
  timestampsAt(): number
  valuesAt(): number
  startsAt(): number
  seriesTotal(): number
  seriesAt(): number
  missTotal(): number
  missesAt(): number
  extraTotal(): number
  extrasAt(): number
  symbolTotal(): number
  symbolsAt(): number
}

export interface KernelOptions {
  /** Bounds what is remembered of known series. */
  readonly maxCacheBytes: number
  /** Makes the hash differ from process to process, so that collisions can't be prepared. */
  readonly seed: number
}

/** Loads and compiles the kernel (a few milliseconds, blocking). From source, scripts/wasm.mjs must have built it. */
export function openKernel(options: KernelOptions): SeriesWalker {
  const module = new WebAssembly.Module(readFileSync(new URL('../../../wasm/remote-write.wasm', import.meta.url)))
  const abort = (): never => {
    throw new Bug('the remote write kernel ran out of memory')
  }
  const exports = new WebAssembly.Instance(module, { env: { abort } }).exports as Exports
  exports.setUp(options.maxCacheBytes, options.seed)
  return {
    walk: (body, limits, version, scope) => walk(exports, body, limits, version, scope),
    remember: (miss, version, ref) => exports.remember(miss, version, ref),
    noteMetadata: (series, at, length) => {
      const entry = exports.noteMetadata(series, at, length)
      const epoch = exports.cacheEpoch()
      return () => (entry === 0 ? undefined : exports.forgetMetadata(entry, epoch))
    },
  }
}

function walk(
  wasm: Exports,
  body: readonly Uint8Array[],
  limits: WalkLimits,
  version: WriteVersion,
  scope: number,
): Walk {
  const length = copyIn(wasm, body)
  const status = wasm.decode(length, limits.maxRawBytes, limits.maxRows, version, scope)
  if (status !== 0) fail(status, limits, version)
  const { buffer } = wasm.memory
  const rows = wasm.rowCount()
  const words = (at: number, count: number): Uint32Array => new Uint32Array(buffer, at >>> 0, count)
  const doubles = (at: number): Float64Array => new Float64Array(buffer, at >>> 0, rows)
  const starts = wasm.startsAt()
  return {
    bytes: Buffer.from(buffer),
    refs: words(wasm.refsAt(), rows),
    timestamps: doubles(wasm.timestampsAt()),
    values: doubles(wasm.valuesAt()),
    starts: starts === 0 ? undefined : doubles(starts),
    series: words(wasm.seriesAt(), wasm.seriesTotal() * 3),
    misses: words(wasm.missesAt(), wasm.missTotal() * 4),
    extras: words(wasm.extrasAt(), wasm.extraTotal() * 4),
    symbols: words(wasm.symbolsAt(), wasm.symbolTotal() * 3),
  }
}

/** The length of the body, which is in the kernel's memory then. */
function copyIn(wasm: Exports, body: readonly Uint8Array[]): number {
  const length = body.reduce((sum, piece) => sum + piece.length, 0)
  const place = wasm.inputBuffer(length) >>> 0 // may move the memory, so it comes first
  const input = new Uint8Array(wasm.memory.buffer, place, length)
  let at = 0
  for (const piece of body) {
    input.set(piece, at)
    at += piece.length
  }
  return length
}

function fail(status: number, limits: WalkLimits, version: WriteVersion): never {
  switch (status) {
    case 1:
      throw snappyCorrupt({})
    case 2:
      throw snappyTooLarge({ limit: limits.maxRawBytes })
    case 3:
      throw protobufMalformed({ reason: 'a length or a wire type does not fit', offset: 0 })
    case 4:
      throw tooManyRows({ limit: limits.maxRows })
    case 5:
      throw wrongVersion({ version })
    case 6:
      throw badSymbols({})
    default:
      throw new Bug(`the remote write kernel gave status ${status}`)
  }
}
