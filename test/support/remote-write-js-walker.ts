import { Buffer } from 'node:buffer'
import { ProtoReader } from '../../src/codec/protobuf.ts'
import { uncompressSnappy } from '../../src/codec/snappy.ts'
import { badSymbols, tooManyRows, wrongVersion } from '../../src/codec/remote-write/kernel.ts'
import { CREATED, EXEMPLAR, HISTOGRAM, METADATA, SCATTERED, UNRESOLVED } from '../../src/codec/remote-write/walk.ts'
import type { SeriesWalker, Walk, WalkLimits, WriteVersion } from '../../src/codec/remote-write/walk.ts'

interface Entry {
  readonly key: Buffer
  readonly scope: number
  ref: number
  meta: string
  next: Entry | undefined
}

/**
 * The walker in plain JavaScript: says what the one in WebAssembly has to say, and what it is worth. It uses the same means
 * (the label bytes as the key, the series that followed last time as the first guess), without a bound on memory.
 */
export class JsWalker implements SeriesWalker {
  readonly #entries = new Map<string, Entry>()
  readonly #symbolIds = new Map<string, number>()
  #last: Message | undefined

  walk(body: readonly Uint8Array[], limits: WalkLimits, version: WriteVersion, scope: number): Walk {
    const bytes = uncompressSnappy(Buffer.concat(body), limits.maxRawBytes)
    const find = (key: Buffer, previous: Entry | undefined): Entry | undefined => this.#find(scope, key, previous)
    const follows = (entry: Entry, start: number, end: number): boolean =>
      entry.scope === scope &&
      entry.key.length <= end - start &&
      bytes.compare(entry.key, 0, entry.key.length, start, start + entry.key.length) === 0
    this.#last = new Message(bytes, limits, scope, { find, follows, idOf: (text) => this.#idOf(text) })
    if (version === 1) this.#last.readV1()
    else this.#last.readV2()
    return this.#last.walk()
  }

  remember(miss: number, _version: WriteVersion, ref: number): void {
    const message = this.#last as Message
    const { series, key } = message.missAt(miss)
    if (key === undefined) return
    const name = nameOf(message.scope, key)
    const entry = this.#entries.get(name) ?? {
      key: Buffer.from(key),
      scope: message.scope,
      ref,
      meta: '',
      next: undefined,
    }
    entry.ref = ref
    this.#entries.set(name, entry)
    message.entries[series] = entry
  }

  noteMetadata(series: number, at: number, length: number): () => void {
    const entry = this.#last?.entries[series]
    if (entry !== undefined) entry.meta = (this.#last as Message).metaKey(at, at + length)
    return () => {
      if (entry !== undefined) entry.meta = ''
    }
  }

  #find(scope: number, key: Buffer, previous: Entry | undefined): Entry | undefined {
    const entry = this.#entries.get(nameOf(scope, key))
    if (previous !== undefined && entry !== undefined) previous.next = entry
    return entry
  }

  #idOf(text: string): number {
    const known = this.#symbolIds.get(text)
    if (known !== undefined) return known
    this.#symbolIds.set(text, this.#symbolIds.size + 1)
    return this.#symbolIds.size
  }
}

function nameOf(scope: number, key: Buffer): string {
  return `${scope} ${key.toString('latin1')}`
}

interface Lookups {
  find(key: Buffer, previous: Entry | undefined): Entry | undefined
  follows(entry: Entry, start: number, end: number): boolean
  idOf(text: string): number
}

class Message {
  readonly scope: number
  readonly entries: (Entry | undefined)[] = []
  readonly #bytes: Buffer
  readonly #limits: WalkLimits
  readonly #lookups: Lookups
  readonly #refs: number[] = []
  readonly #timestamps: number[] = []
  /** Offsets of the eight bytes of each value, -1 for none. */
  readonly #valuesAt: number[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  readonly #seriesRefs: number[] = []
  readonly #misses: { series: number; flags: number; start: number; length: number; key: Buffer | undefined }[] = []
  readonly #extras: number[] = []
  readonly #symbols: number[] = []

  constructor(bytes: Buffer, limits: WalkLimits, scope: number, lookups: Lookups) {
    this.#bytes = bytes
    this.#limits = limits
    this.scope = scope
    this.#lookups = lookups
  }

  missAt(miss: number): { series: number; key: Buffer | undefined } {
    return this.#misses[miss] as { series: number; key: Buffer | undefined }
  }

  walk(): Walk {
    const values = new Float64Array(this.#valuesAt.length)
    const raw = Buffer.from(values.buffer)
    this.#valuesAt.forEach((at, row) => at >= 0 && this.#bytes.copy(raw, row * 8, at, at + 8))
    return {
      bytes: this.#bytes,
      refs: Uint32Array.from(this.#refs),
      timestamps: Float64Array.from(this.#timestamps),
      values,
      starts: this.#starts.some((start) => start !== 0) ? Float64Array.from(this.#starts) : undefined,
      series: Uint32Array.from(this.#ends.flatMap((end, i) => [this.#seriesRefs[i] as number, end, 0])),
      misses: Uint32Array.from(this.#misses.flatMap((miss) => [miss.series, miss.flags, miss.start, miss.length])),
      extras: Uint32Array.from(this.#extras),
      symbols: Uint32Array.from(this.#symbols),
    }
  }

  readV1(): void {
    const reader = new ProtoReader(this.#bytes)
    let previous: Entry | undefined
    while (reader.next()) {
      if ((reader.field === 4 || reader.field === 5) && reader.wire === 2) throw wrongVersion({ version: 1 })
      if ((reader.field !== 1 && reader.field !== 3) || reader.wire !== 2) {
        reader.skip()
        continue
      }
      const start = reader.range()
      if (reader.field === 1) previous = this.#seriesV1(start, reader.pos, previous)
      else this.#extra(METADATA, 0, start, reader.pos - start)
    }
  }

  #seriesV1(start: number, end: number, previous: Entry | undefined): Entry | undefined {
    const bytes = this.#bytes
    let entry = previous?.next
    let position = start
    if (entry !== undefined && this.#lookups.follows(entry, start, end) && bytes[start + entry.key.length] !== 0x0a) {
      position = start + entry.key.length
    } else {
      const labels = new ProtoReader(bytes, start, end)
      while (bytes[labels.pos] === 0x0a && labels.next()) labels.range()
      position = labels.pos
      const key = bytes.subarray(start, position)
      entry = key.length === 0 ? undefined : this.#lookups.find(key, previous)
      if (entry === undefined) this.#miss(0, start, position - start, key)
    }
    const reader = new ProtoReader(bytes, position, end)
    while (reader.next()) {
      if (reader.wire !== 2 || reader.field > 4) reader.skip()
      else if (reader.field === 1) {
        reader.range()
        this.#scatter(start, end - start)
      } else if (reader.field === 2) this.#sample(entry?.ref ?? UNRESOLVED, reader)
      else {
        const at = reader.range()
        this.#extra(reader.field === 3 ? EXEMPLAR : HISTOGRAM, this.#ends.length, at, reader.pos - at)
      }
    }
    this.#close(entry)
    return entry
  }

  readV2(): void {
    const outline = new ProtoReader(this.#bytes)
    while (outline.next()) {
      if (outline.wire === 2 && (outline.field === 1 || outline.field === 3)) throw wrongVersion({ version: 2 })
      if (outline.wire !== 2 || outline.field !== 4) {
        outline.skip()
        continue
      }
      const at = outline.range()
      this.#symbols.push(at, outline.pos - at, this.#lookups.idOf(this.#bytes.toString('latin1', at, outline.pos)))
    }
    if (this.#symbols.length > 0 && this.#symbols[1] !== 0) throw badSymbols({})
    const reader = new ProtoReader(this.#bytes)
    while (reader.next()) {
      if (reader.field === 5 && reader.wire === 2) {
        const start = reader.range()
        this.#seriesV2(start, reader.pos)
      } else reader.skip()
    }
  }

  #seriesV2(start: number, end: number): void {
    const labels: number[] = []
    const firstRow = this.#refs.length
    let meta: [number, number] | undefined
    let created = 0
    let createdAt = 0
    let createdLength = 0
    const reader = new ProtoReader(this.#bytes, start, end)
    while (reader.next()) {
      if (reader.field === 1 && (reader.wire === 2 || reader.wire === 0)) reader.uint32s(labels)
      else if (reader.field === 6 && reader.wire === 0) {
        createdAt = reader.pos
        created = reader.int64()
        createdLength = reader.pos - createdAt
      } else if (reader.wire !== 2 || reader.field > 5) reader.skip()
      else if (reader.field === 2) this.#sample(UNRESOLVED, reader)
      else {
        const at = reader.range()
        if (reader.field === 5) meta = [at, reader.pos]
        else this.#extra(reader.field === 4 ? EXEMPLAR : HISTOGRAM, this.#ends.length, at, reader.pos - at)
      }
    }
    const ids = labels.map((ref) => this.#symbols[ref * 3 + 2] ?? 0)
    const whole = ids.length > 0 && !ids.includes(0)
    const key = Buffer.from(Uint32Array.from(ids).buffer)
    const entry = whole ? this.#lookups.find(key, undefined) : undefined
    if (entry === undefined) this.#miss(whole ? 0 : SCATTERED, start, end - start, whole ? key : undefined)
    this.#refs.fill(entry?.ref ?? UNRESOLVED, firstRow)
    for (let row = firstRow; row < this.#refs.length; row++) this.#starts[row] ||= created
    const hasHistograms = this.#extras.some(
      (word, i) => i % 4 === 0 && word === HISTOGRAM && this.#extras[i + 1] === this.#ends.length,
    )
    if (created !== 0 && hasHistograms) this.#extra(CREATED, this.#ends.length, createdAt, createdLength)
    if (meta !== undefined && entry?.meta !== this.metaKey(...meta)) {
      this.#extra(METADATA, this.#ends.length, meta[0], meta[1] - meta[0])
    }
    this.#close(entry)
  }

  /** Equal for metadata that say the same. */
  metaKey(start: number, end: number): string {
    const key = [0, 0, 0]
    const reader = new ProtoReader(this.#bytes, start, end)
    while (reader.next()) {
      if (reader.wire !== 0) reader.skip()
      else if (reader.field === 1) key[0] = reader.uint32()
      else if (reader.field === 3) key[1] = this.#symbols[reader.uint32() * 3 + 2] ?? 0
      else if (reader.field === 4) key[2] = this.#symbols[reader.uint32() * 3 + 2] ?? 0
      else reader.skip()
    }
    return key.join()
  }

  #sample(ref: number, reader: ProtoReader): void {
    let valueAt = -1
    let timestamp = 0
    let start = 0
    const outer = reader.enter()
    while (reader.next()) {
      if (reader.field === 1 && reader.wire === 1) valueAt = reader.fixed64Offset()
      else if (reader.field === 2 && reader.wire === 0) timestamp = reader.int64()
      else if (reader.field === 3 && reader.wire === 0) start = reader.int64()
      else reader.skip()
    }
    reader.leave(outer)
    this.#refs.push(ref)
    this.#valuesAt.push(valueAt)
    this.#timestamps.push(timestamp)
    this.#starts.push(start)
    this.#limit(this.#refs.length)
  }

  #scatter(start: number, length: number): void {
    if (this.#misses.at(-1)?.series === this.#ends.length) this.#misses.pop()
    this.#miss(SCATTERED, start, length, undefined)
  }

  #miss(flags: number, start: number, length: number, key: Buffer | undefined): void {
    const cacheable = key === undefined || key.length === 0 ? undefined : key
    this.#misses.push({ series: this.#ends.length, flags, start, length, key: cacheable })
  }

  #extra(kind: number, series: number, start: number, length: number): void {
    this.#extras.push(kind, series, start, length)
    this.#limit(this.#extras.length / 4)
  }

  #close(entry: Entry | undefined): void {
    this.entries.push(entry)
    this.#seriesRefs.push(entry?.ref ?? UNRESOLVED)
    this.#ends.push(this.#refs.length)
    this.#limit(this.#ends.length)
  }

  #limit(count: number): void {
    if (count > this.#limits.maxRows) throw tooManyRows({ limit: this.#limits.maxRows })
  }
}
