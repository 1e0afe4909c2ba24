/**
 * The hot half of the remote write decoder, in AssemblyScript: undoes snappy's block format, walks the protobuf message, and
 * finds the ref of every known series by its label bytes. What is rare (new series, histograms, exemplars, new metadata)
 * is only listed, by its place in the message, for src/codec/remote-write to decode.
 *
 * Nothing here trusts the input: every length is checked against the end of what encloses it before it is followed.
 */
import { Column } from './support/column'
import { clearIfWornOut, configure, entryFor, epoch, find, follows, guess } from './support/cache'
import { insert, metaEquals, refOf, rememberOrder, setMeta } from './support/cache'
import { declaredLength, uncompress } from './support/snappy'
import { cursor, failed, readVarint, readVarint32, seek, skip } from './support/wire'

const OK: i32 = 0
const CORRUPT_SNAPPY: i32 = 1
const TOO_LARGE: i32 = 2
const MALFORMED: i32 = 3
const TOO_MANY_ROWS: i32 = 4
const WRONG_VERSION: i32 = 5
const BAD_SYMBOLS: i32 = 6

/** Kinds of `extras`. */
const EXEMPLAR: u32 = 1
const HISTOGRAM: u32 = 2
const METADATA: u32 = 3
const CREATED: u32 = 4

/** Flags of `misses`: why the caller must look at the series itself. */
const NEW: u32 = 0
/** The labels are not one run at the front: look through the whole message. Never cached. */
const SCATTERED: u32 = 1

const UNRESOLVED: u32 = 0xffffffff
const SYMBOL_SCOPE: u32 = 1
const MAX_KEY_REFS: u32 = 4096

const input = new Column()
const raw = new Column()
// One element a sample.
const refs = new Column()
const timestamps = new Column()
const values = new Column()
const starts = new Column()
// Three words a series: its ref, the end of its rows, its entry in the cache or 0.
const series = new Column()
// Four words a miss: series, flags, start of the label bytes (version 2: of the message), their length.
const misses = new Column()
// Four words an extra: kind, series, start, length.
const extras = new Column()
// Three words a symbol: start, length, id.
const symbols = new Column()
const key = new Column()

let rawLength: u32 = 0
let rows: u32 = 0
let seriesCount: u32 = 0
let missCount: u32 = 0
let extraCount: u32 = 0
let symbolCount: u32 = 0
let anyStart: bool = false
let maxRows: u32 = 0
let scope: u32 = 0
let previous: usize = 0

/** Called once. `maxCacheBytes` bounds all that is remembered of series, of all scopes together. */
export function setUp(maxCacheBytes: u32, seed: u32): void {
  configure(maxCacheBytes, seed)
  key.ensure(MAX_KEY_REFS * 4)
}

/** Where the caller puts `length` compressed bytes. */
export function inputBuffer(length: u32): usize {
  return input.ensure(length)
}

export function decode(length: u32, maxRawBytes: u32, rowLimit: u32, version: u32, inScope: u32): i32 {
  rows = seriesCount = missCount = extraCount = symbolCount = rawLength = 0
  anyStart = false
  maxRows = rowLimit
  scope = inScope
  previous = 0
  const declared = declaredLength(input.at, length)
  if (declared < 0) return CORRUPT_SNAPPY
  // Snappy can't say more than 64 bytes with three: a body that declares more is lying.
  if (declared > (i64(length) * 64) / 3 + 64) return CORRUPT_SNAPPY
  if (declared > i64(maxRawBytes)) return TOO_LARGE
  raw.ensure(u32(declared))
  if (!uncompress(input.at, length, raw.at, u32(declared))) return CORRUPT_SNAPPY
  rawLength = u32(declared)
  clearIfWornOut()
  return version === 1 ? decodeV1() : decodeV2()
}

function decodeV1(): i32 {
  const end = raw.at + rawLength
  seek(raw.at)
  while (cursor < end) {
    const tag = readVarint32(end)
    if (tag === 0x0a || tag === 0x1a) {
      const length = readVarint32(end)
      if (failed || length > u32(end - cursor)) return MALFORMED
      const start = cursor
      if (tag === 0x1a) {
        if (!extra(METADATA, 0, start, length)) return TOO_MANY_ROWS
      } else {
        const status = seriesV1(start, start + length)
        if (status !== OK) return status
      }
      seek(start + length)
    } else {
      if (tag === 0x22 || tag === 0x2a) return WRONG_VERSION
      skip(tag, end)
    }
    if (failed) return MALFORMED
  }
  return OK
}

function seriesV1(start: usize, end: usize): i32 {
  let entry = guess(previous)
  let position = start
  if (entry !== 0 && follows(entry, start, end) && !labelAt(start + keyLength(entry), end)) {
    position = start + keyLength(entry)
  } else {
    position = endOfLabels(start, end)
    if (position === 0) return MALFORMED
    const length = u32(position - start)
    entry = length === 0 ? 0 : find(scope, start, length)
    if (entry === 0 && !miss(NEW, start, length)) return TOO_MANY_ROWS
    rememberOrder(previous, entry)
  }
  previous = entry
  return rowsV1(entry, start, position, end)
}

function keyLength(entry: usize): u32 {
  return load<u32>(entry, 4)
}

function labelAt(position: usize, end: usize): bool {
  return position < end && load<u8>(position) === 0x0a
}

/** The end of the run of labels at `start`, 0 when malformed. */
function endOfLabels(start: usize, end: usize): usize {
  seek(start)
  while (labelAt(cursor, end)) {
    seek(cursor + 1)
    const length = readVarint32(end)
    if (failed || length > u32(end - cursor)) return 0
    seek(cursor + length)
  }
  return cursor
}

function rowsV1(entry: usize, start: usize, position: usize, end: usize): i32 {
  const index = seriesCount
  const ref = entry === 0 ? UNRESOLVED : refOf(entry)
  seek(position)
  while (cursor < end) {
    const tag = readVarint32(end)
    if (tag === 0x12 || tag === 0x1a || tag === 0x22 || tag === 0x0a) {
      const length = readVarint32(end)
      if (failed || length > u32(end - cursor)) return MALFORMED
      const at = cursor
      if (tag === 0x12) {
        const status = sample(ref, at, at + length)
        if (status !== OK) return status
      } else if (tag === 0x0a) {
        scatter(index, start, u32(end - start))
      } else if (!extra(tag === 0x1a ? EXEMPLAR : HISTOGRAM, index, at, length)) return TOO_MANY_ROWS
      seek(at + length)
    } else skip(tag, end)
    if (failed) return MALFORMED
  }
  return closeSeries(entry, ref)
}

/** Marks the series at hand as one whose labels the caller must gather from its whole message. */
function scatter(index: u32, start: usize, length: u32): void {
  const last: usize = missCount === 0 ? 0 : misses.at + (missCount - 1) * 16
  if (last === 0 || load<u32>(last) !== index) {
    miss(SCATTERED, start, length)
    return
  }
  store<u32>(last, SCATTERED, 4)
  store<u32>(last, u32(start), 8)
  store<u32>(last, length, 12)
}

/** One Sample message; its fields may come in any order, and a later one wins. */
function sample(ref: u32, start: usize, end: usize): i32 {
  let bits: u64 = 0
  let time: i64 = 0
  let began: i64 = 0
  seek(start)
  while (cursor < end) {
    const tag = readVarint32(end)
    if (tag === 0x09) {
      if (u32(end - cursor) < 8) return MALFORMED
      bits = load<u64>(cursor)
      seek(cursor + 8)
    } else if (tag === 0x10) time = readVarint(end)
    else if (tag === 0x18) began = readVarint(end)
    else skip(tag, end)
    if (failed) return MALFORMED
  }
  if (rows >= maxRows) return TOO_MANY_ROWS
  const row = rows++
  store<u32>(refs.ensure(rows * 4) + row * 4, ref)
  store<f64>(timestamps.ensure(rows * 8) + row * 8, f64(time))
  store<u64>(values.ensure(rows * 8) + row * 8, bits)
  store<f64>(starts.ensure(rows * 8) + row * 8, f64(began))
  if (began !== 0) anyStart = true
  return OK
}

function closeSeries(entry: usize, ref: u32): i32 {
  if (seriesCount >= maxRows) return TOO_MANY_ROWS
  const at = series.ensure((seriesCount + 1) * 12) + seriesCount * 12
  store<u32>(at, ref)
  store<u32>(at, rows, 4)
  store<u32>(at, u32(entry), 8)
  seriesCount++
  return OK
}

function miss(flags: u32, start: usize, length: u32): bool {
  if (missCount >= maxRows) return false
  const at = misses.ensure((missCount + 1) * 16) + missCount * 16
  store<u32>(at, seriesCount)
  store<u32>(at, flags, 4)
  store<u32>(at, u32(start), 8)
  store<u32>(at, length, 12)
  missCount++
  return true
}

function extra(kind: u32, index: u32, start: usize, length: u32): bool {
  if (extraCount >= maxRows) return false
  const at = extras.ensure((extraCount + 1) * 16) + extraCount * 16
  store<u32>(at, kind)
  store<u32>(at, index, 4)
  store<u32>(at, u32(start), 8)
  store<u32>(at, length, 12)
  extraCount++
  return true
}

function decodeV2(): i32 {
  const status = readSymbols()
  if (status !== OK) return status
  const end = raw.at + rawLength
  seek(raw.at)
  while (cursor < end) {
    const tag = readVarint32(end)
    if (tag === 0x2a) {
      const length = readVarint32(end)
      const start = cursor
      const outcome = seriesV2(start, start + length)
      if (outcome !== OK) return outcome
      seek(start + length)
    } else skip(tag, end)
  }
  return OK
}

/** First pass: checks the outline of the whole message and gives each symbol its id, which is the same for equal strings. */
function readSymbols(): i32 {
  const end = raw.at + rawLength
  seek(raw.at)
  while (cursor < end) {
    const tag = readVarint32(end)
    if (tag === 0x22 || tag === 0x2a) {
      const length = readVarint32(end)
      if (failed || length > u32(end - cursor)) return MALFORMED
      if (tag === 0x22 && !symbol(cursor, length)) return TOO_MANY_ROWS
      seek(cursor + length)
    } else {
      if (tag === 0x0a || tag === 0x1a) return WRONG_VERSION
      skip(tag, end)
    }
    if (failed) return MALFORMED
  }
  return symbolCount > 0 && load<u32>(symbols.at, 4) !== 0 ? BAD_SYMBOLS : OK
}

function symbol(start: usize, length: u32): bool {
  if (symbolCount >= maxRows) return false
  const at = symbols.ensure((symbolCount + 1) * 12) + symbolCount * 12
  store<u32>(at, u32(start))
  store<u32>(at, length, 4)
  store<u32>(at, u32(entryFor(SYMBOL_SCOPE, start, length)), 8)
  symbolCount++
  return true
}

let keyRefs: u32 = 0
let keyWhole: bool = false
let metaType: u32 = 0
let metaHelp: u32 = 0
let metaUnit: u32 = 0
let metaAt: usize = 0
let metaLength: u32 = 0
let hasHistograms: bool = false
let createdAt: i64 = 0
let createdFrom: usize = 0
let createdLength: u32 = 0

function seriesV2(start: usize, end: usize): i32 {
  keyRefs = 0
  keyWhole = true
  metaAt = 0
  createdAt = 0
  hasHistograms = false
  const firstRow = rows
  const status = fieldsV2(end)
  if (status !== OK) return status
  const length = u32(end - start)
  const entry = keyWhole && keyRefs > 0 ? seriesByKey() : 0
  previous = entry
  if (entry === 0) {
    if (!miss(keyWhole && keyRefs > 0 ? NEW : SCATTERED, start, length)) return TOO_MANY_ROWS
  }
  const ref = entry === 0 ? UNRESOLVED : refOf(entry)
  for (let row = firstRow; row < rows; row++) store<u32>(refs.at + row * 4, ref)
  if (createdAt !== 0) {
    backfillStarts(firstRow)
    // The caller does the same for histograms, which are listed before.
    if (hasHistograms && !extra(CREATED, seriesCount, createdFrom, createdLength)) return TOO_MANY_ROWS
  }
  if (metaAt !== 0 && !(entry !== 0 && metaEquals(entry, metaType + 1, metaHelp, metaUnit))) {
    if (!extra(METADATA, seriesCount, metaAt, metaLength)) return TOO_MANY_ROWS
  }
  return closeSeries(entry, ref)
}

function seriesByKey(): usize {
  const length = keyRefs * 4
  let entry = guess(previous)
  if (entry !== 0 && keyLength(entry) === length && follows(entry, key.at, key.at + length)) return entry
  entry = find(scope, key.at, length)
  rememberOrder(previous, entry)
  return entry
}

function fieldsV2(end: usize): i32 {
  while (cursor < end) {
    const tag = readVarint32(end)
    if ((tag & 7) === 2 && tag >= 0x0a && tag <= 0x2a) {
      const length = readVarint32(end)
      if (failed || length > u32(end - cursor)) return MALFORMED
      const at = cursor
      const status = messageV2(tag >> 3, at, length)
      if (status !== OK) return status
      seek(at + length)
    } else if (tag === 0x08) keyRef(readVarint32(end))
    else if (tag === 0x30) {
      createdFrom = cursor
      createdAt = readVarint(end)
      createdLength = u32(cursor - createdFrom)
    }
    else skip(tag, end)
    if (failed) return MALFORMED
  }
  return OK
}

function messageV2(field: u32, at: usize, length: u32): i32 {
  const end = at + length
  if (field === 1) {
    while (cursor < end) keyRef(readVarint32(end))
    return failed ? MALFORMED : OK
  }
  if (field === 2) return sample(UNRESOLVED, at, end)
  if (field === 3) {
    hasHistograms = true
    return extra(HISTOGRAM, seriesCount, at, length) ? OK : TOO_MANY_ROWS
  }
  if (field === 4) return extra(EXEMPLAR, seriesCount, at, length) ? OK : TOO_MANY_ROWS
  return field === 5 ? metadataV2(at, length) : OK
}

function keyRef(ref: u32): void {
  const id = idOf(ref)
  if (id === 0 || keyRefs >= MAX_KEY_REFS) {
    keyWhole = false
    return
  }
  store<u32>(key.at + keyRefs * 4, id)
  keyRefs++
}

function idOf(ref: u32): u32 {
  return ref < symbolCount ? load<u32>(symbols.at + ref * 12, 8) : 0
}

function metadataV2(at: usize, length: u32): i32 {
  const end = at + length
  metaAt = at
  metaLength = length
  metaType = metaHelp = metaUnit = 0
  seek(at)
  while (cursor < end) {
    const tag = readVarint32(end)
    if (tag === 0x08) metaType = readVarint32(end)
    else if (tag === 0x18) metaHelp = idOf(readVarint32(end))
    else if (tag === 0x20) metaUnit = idOf(readVarint32(end))
    else skip(tag, end)
    if (failed) return MALFORMED
  }
  return OK
}

/** Older senders give one created timestamp for the whole series. */
function backfillStarts(firstRow: u32): void {
  for (let row = firstRow; row < rows; row++) {
    const at = starts.at + row * 8
    if (load<f64>(at) === 0) store<f64>(at, f64(createdAt))
  }
  if (rows > firstRow) anyStart = true
}

/** Remembers the ref of a miss, unless there is no room or the series can't be cached. */
export function remember(missIndex: u32, version: u32, ref: u32): void {
  const at = misses.at + missIndex * 16
  if (missIndex >= missCount || load<u32>(at, 4) !== NEW) return
  const start: usize = load<u32>(at, 8)
  const length = load<u32>(at, 12)
  const entry = version === 1 ? insert(scope, start, length, ref) : insertV2(start, length, ref)
  store<u32>(series.at + load<u32>(at) * 12, u32(entry), 8)
}

function insertV2(start: usize, length: u32, ref: u32): usize {
  const rowsBefore = rows
  const extrasBefore = extraCount
  keyRefs = 0
  keyWhole = true
  seek(start)
  const status = fieldsV2(start + length)
  rows = rowsBefore
  extraCount = extrasBefore
  return status === OK && keyWhole ? insert(scope, key.at, keyRefs * 4, ref) : 0
}

/** Notes that these metadata of a V2 series are known, so that they are not listed again; gives the entry, 0 when there is none. */
export function noteMetadata(index: u32, at: u32, length: u32): usize {
  const entry: usize = index < seriesCount ? load<u32>(series.at + index * 12, 8) : 0
  if (entry !== 0 && metadataV2(at, length) === OK) setMeta(entry, metaType + 1, metaHelp, metaUnit)
  return entry
}

/** Takes a note back; `inEpoch` is what `epoch` was when it was made. */
export function forgetMetadata(entry: usize, inEpoch: u32): void {
  if (inEpoch === epoch) setMeta(entry, 0, 0, 0)
}

/** Changes whenever the cache starts anew, which voids its entries. */
export function cacheEpoch(): u32 {
  return epoch
}

// What the last message held.
export function rowCount(): u32 { return rows }
export function refsAt(): usize { return refs.at }
export function timestampsAt(): usize { return timestamps.at }
export function valuesAt(): usize { return values.at }
export function startsAt(): usize { return anyStart ? starts.at : 0 }
export function seriesTotal(): u32 { return seriesCount }
export function seriesAt(): usize { return series.at }
export function missTotal(): u32 { return missCount }
export function missesAt(): usize { return misses.at }
export function extraTotal(): u32 { return extraCount }
export function extrasAt(): usize { return extras.at }
export function symbolTotal(): u32 { return symbolCount }
export function symbolsAt(): usize { return symbols.at }
