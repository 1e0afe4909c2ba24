/** Points of query answers as text, by the kernel in WebAssembly; its source is wasm/result-points.ts. */
import { readFileSync } from 'node:fs'
import { Bug } from '../../core/errors.ts'

/** The part of the global that is needed here; its types belong to the browser's library. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer }
  setUp(): number
  timesBuffer(count: number): number
  kindsBuffer(count: number): number
  valuesBuffer(count: number): number
  outputAt(): number
  endsAt(): number
  makeStamps(count: number): void
  writePoints(count: number, firstStamp: number, stampStep: number, masked: boolean): number
}

/** Cells `[from, to)` of a table's columns. */
export interface Cells {
  readonly values: Float64Array
  /** FLOAT where there is a point; undefined = everywhere. */
  readonly kinds: Uint8Array | undefined
  readonly from: number
  readonly to: number
}

/** More cells than this in one call would take memory that is never given back. */
export const MAX_CELLS = 16_384

/**
 * Writes `[1435781430.781,"0.25"],` for each cell that has a float. Follows marshalFPointJSON, prometheus/web/api/v1.
 * What it returns is a view of the kernel's memory, valid until the next call.
 */
export class PointWriter {
  readonly #kernel: Kernel
  #timesPlace = 0
  #timesCount = 0
  // Views are made anew only when the memory has grown: making them costs more than printing a point.
  #bytes = new Uint8Array(0)
  #doubles = new Float64Array(0)

  private constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  /** Loads and compiles the kernel (a few milliseconds, blocking). From source, scripts/wasm.mjs must have built it. */
  static open(): PointWriter {
    const module = new WebAssembly.Module(readFileSync(new URL('../../../wasm/result-points.wasm', import.meta.url)))
    const abort = (): never => {
      throw new Bug('the kernel of points ran out of memory')
    }
    const kernel = new WebAssembly.Instance(module, { env: { abort } }).exports as Kernel
    const place = kernel.setUp() >>> 0
    new BigUint64Array(kernel.memory.buffer, place, POWERS * 2).set(powersOfTen())
    return new PointWriter(kernel)
  }

  /** Prints the times (UnixMs) that `row` and `column` count on from now, unless they are the same as before. */
  useTimes(times: Float64Array): void {
    if (this.#hasTimes(times)) return
    this.#timesPlace = (this.#kernel.timesBuffer(times.length) >>> 0) / 8
    this.#timesCount = times.length
    this.#view()
    this.#doubles.set(times, this.#timesPlace)
    this.#kernel.makeStamps(times.length)
  }

  #hasTimes(times: Float64Array): boolean {
    if (times.length !== this.#timesCount) return false
    this.#view()
    for (let i = 0; i < times.length; i++) if (times[i] !== this.#doubles[this.#timesPlace + i]) return false
    return true
  }

  /** Points of at most `MAX_CELLS` cells of one series: cell `from` has time `firstTime`, the next one the next time. */
  row(cells: Cells, firstTime: number): Uint8Array {
    return this.#write(cells, firstTime, 1)
  }

  /** Points of at most `MAX_CELLS` series at the first of the times. `ends` tells where the text of each cell ends; 0 bytes = no point. */
  column(cells: Cells): { readonly text: Uint8Array; readonly ends: Uint32Array } {
    const text = this.#write(cells, 0, 0)
    const ends = new Uint32Array(this.#kernel.memory.buffer, this.#kernel.endsAt() >>> 0, cells.to - cells.from)
    return { text, ends }
  }

  #write({ values, kinds, from, to }: Cells, firstTime: number, timeStep: number): Uint8Array {
    const count = to - from
    if (count > MAX_CELLS) throw new Bug(`${count} cells at once are more than ${MAX_CELLS}`)
    this.#place(this.#kernel.valuesBuffer(count), values.subarray(from, to))
    if (kinds !== undefined) {
      const place = this.#kernel.kindsBuffer(count) >>> 0
      this.#view()
      this.#bytes.set(kinds.subarray(from, to), place)
    }
    const length = this.#kernel.writePoints(count, firstTime, timeStep, kinds !== undefined)
    this.#view()
    const start = this.#kernel.outputAt() >>> 0
    return this.#bytes.subarray(start, start + length)
  }

  #place(address: number, column: Float64Array): void {
    this.#view()
    this.#doubles.set(column, (address >>> 0) / 8)
  }

  #view(): void {
    const { buffer } = this.#kernel.memory
    if (this.#bytes.buffer === buffer) return
    this.#bytes = new Uint8Array(buffer)
    this.#doubles = new Float64Array(buffer)
  }
}

const MIN_POWER = -292
const POWERS = 324 - MIN_POWER + 1

/** 10^-292 to 10^324, each as 128 bits with the leading one set, rounded up: high word, low word. */
function powersOfTen(): BigUint64Array {
  const words = new BigUint64Array(POWERS * 2)
  for (let i = 0; i < POWERS; i++) {
    const bits = leadingBits(i + MIN_POWER)
    words[i * 2] = bits >> 64n
    words[i * 2 + 1] = bits & 0xffff_ffff_ffff_ffffn
  }
  return words
}

function leadingBits(power: number): bigint {
  // Bits in front of the point of 10^power; 1741647 / 2^19 is the binary logarithm of ten.
  const exponent = (power * 1741647) >> 19
  const shift = BigInt(127 - exponent)
  if (power < 0) {
    const divisor = 10n ** BigInt(-power)
    return ((1n << shift) + divisor - 1n) / divisor
  }
  const value = 10n ** BigInt(power)
  return shift >= 0n ? value << shift : ((value - 1n) >> -shift) + 1n
}
