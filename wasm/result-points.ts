/**
 * Sample values as the text of a query's answer, in AssemblyScript: writes `[1435781430.781,"0.25"],` for a run of samples, each
 * value with the fewest digits that read back as the same double.
 *
 * The times of a run are printed once ("stamps") and copied in front of each row's values, as all rows of a grid share them.
 */
import { Column } from './support/column'
import { finishShortest, shortest, shortestDigits, shortestExponent } from './support/shortest'
import { digitCount, setUpDigits, writeDigits } from './support/digits'

/** Bytes of a slot: a stamp of at most 21 bytes, its length in the last one. */
const STAMP: u32 = 32
const STAMP_LENGTH = 31
/** No point is longer: a stamp of 21, a value of 25, three closing bytes; what is written beyond is overwritten. */
const MOST_BYTES: u32 = 96

/** Kind of a cell that holds a float; see eval/vector.ts. */
const FLOAT: u8 = 1

const times = new Column()
const stamps = new Column()
const kinds = new Column()
const values = new Column()
const output = new Column()
// Where the text of each point ends, one word a cell.
const ends = new Column()

/** Where the caller puts the powers of ten: see support/shortest.ts. Called once. */
export function setUp(): usize {
  setUpDigits()
  return finishShortest()
}

export function timesBuffer(count: u32): usize { return times.ensure(count * 8) }
export function kindsBuffer(count: u32): usize { return kinds.ensure(count) }
export function valuesBuffer(count: u32): usize { return values.ensure(count * 8) }
export function outputAt(): usize { return output.at }
export function endsAt(): usize { return ends.at }

/** Prints the times that the caller has put into the buffer. */
export function makeStamps(count: u32): void {
  let slot = stamps.ensure(count * STAMP)
  for (let i: u32 = 0; i < count; i++, slot += STAMP) {
    const end = writeSeconds(slot + 1, i64(load<f64>(times.at + i * 8)))
    store<u8>(slot, 0x5b) // [
    store<u16>(end, 0x222c) // ,"
    store<u8>(slot, u8(end + 2 - slot), STAMP_LENGTH)
  }
}

function writeSeconds(to: usize, time: i64): usize {
  let at = to
  if (time < 0) store<u8>(at++, 0x2d)
  const size = time < 0 ? u64(-time) : u64(time)
  at = writeInteger(at, size / 1000)
  const fraction = u32(size % 1000)
  if (fraction === 0) return at
  store<u8>(at, 0x2e)
  store<u8>(at, u8(0x30 + fraction / 100), 1)
  store<u8>(at, u8(0x30 + (fraction / 10) % 10), 2)
  store<u8>(at, u8(0x30 + fraction % 10), 3)
  return at + 4
}

@inline
function writeInteger(to: usize, value: u64): usize {
  const count = digitCount(value)
  writeDigits(to, value, count)
  return to + count
}

/**
 * Writes the points of cells `[0, count)` of the buffers, each with a comma behind it; cells that hold no float are passed over
 * when `masked`. Cell i has the stamp `firstStamp + i * stampStep`. Gives the bytes written.
 */
export function writePoints(count: u32, firstStamp: u32, stampStep: u32, masked: bool): u32 {
  const start = output.ensure(count * MOST_BYTES)
  let end = ends.ensure(count * 4)
  let to = start
  let stamp = stamps.at + firstStamp * STAMP
  for (let i: u32 = 0; i < count; i++, stamp += stampStep * STAMP, end += 4) {
    if (!masked || load<u8>(kinds.at + i) === FLOAT) {
      v128.store(to, v128.load(stamp))
      store<u64>(to, load<u64>(stamp, 16), 16)
      to = writeValue(to + load<u8>(stamp, STAMP_LENGTH), load<f64>(values.at + i * 8))
      store<u32>(to, 0x2c5d22) // "],
      to += 3
    }
    store<u32>(end, u32(to - start))
  }
  return u32(to - start)
}

/** Shortest plain notation, with an exponent below 1e-6 and from 1e21 on. Follows MarshalFloat, prometheus/util/jsonutil. */
function writeValue(to: usize, value: f64): usize {
  const bits = reinterpret<u64>(value)
  if ((bits << 1) >= 0xffe0000000000000) return writeInfinite(to, bits)
  let at = to
  if (i64(bits) < 0) store<u8>(at++, 0x2d)
  const size = abs(value)
  if (size < 9007199254740992 && trunc(size) === size) return writeInteger(at, u64(size))
  // A decimal of at most 15 digits that reads back as the value is the shortest one, as no two of them read as the same double.
  if (size < 1e11) {
    const scaled = nearest(size * 1e3)
    if (scaled / 1e3 === size) return writeThousandths(at, u64(scaled))
  }
  shortest(bits)
  const count = digitCount(shortestDigits)
  const point = i32(count) + shortestExponent
  if (point > 21 || point < -5) return writeExponent(at, count, point - 1)
  return writePlain(at, count, point)
}

function writeInfinite(to: usize, bits: u64): usize {
  if (bits << 12 !== 0) store<u32>(to, 0x4e614e) // NaN
  else store<u32>(to, i64(bits) < 0 ? 0x666e492d : 0x666e492b) // -Inf, +Inf
  return bits << 12 !== 0 ? to + 3 : to + 4
}

/** `scaled` / 1000, which is no integer. */
function writeThousandths(to: usize, scaled: u64): usize {
  const at = writeInteger(to, scaled / 1000)
  const fraction = u32(scaled % 1000)
  store<u8>(at, 0x2e)
  store<u8>(at, u8(0x30 + fraction / 100), 1)
  store<u8>(at, u8(0x30 + (fraction / 10) % 10), 2)
  store<u8>(at, u8(0x30 + fraction % 10), 3)
  return at + (fraction % 10 !== 0 ? 4 : fraction % 100 !== 0 ? 3 : 2)
}

/** The digits with the decimal point behind the first `point` of them, which may lie outside. */
function writePlain(to: usize, count: u32, point: i32): usize {
  if (point <= 0) {
    v128.store(to, i8x16.splat(0x30))
    store<u8>(to, 0x2e, 1)
    writeDigits(to + 2 + -point, shortestDigits, count)
    return to + 2 + -point + count
  }
  writeDigits(to, shortestDigits, count)
  if (u32(point) < count) {
    // The digits behind the point move by one place; there are at most 16 of them.
    v128.store(to + point + 1, v128.load(to + point))
    store<u8>(to + point, 0x2e)
    return to + count + 1
  }
  memory.fill(to + count, 0x30, point - count)
  return to + point
}

/** `d.ddde+XX`, the exponent of at least two digits. */
function writeExponent(to: usize, count: u32, exponent: i32): usize {
  writeDigits(to + 1, shortestDigits, count)
  store<u8>(to, load<u8>(to + 1))
  store<u8>(to, 0x2e, 1)
  let at = count === 1 ? to + 1 : to + count + 1
  store<u16>(at, exponent < 0 ? 0x2d65 : 0x2b65) // e-, e+
  const size = u32(abs(exponent))
  at += 2
  if (size >= 100) store<u8>(at++, u8(0x30 + size / 100))
  store<u8>(at, u8(0x30 + (size / 10) % 10))
  store<u8>(at, u8(0x30 + size % 10), 1)
  return at + 2
}
