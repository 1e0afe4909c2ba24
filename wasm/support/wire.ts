/** A cursor over protobuf's wire format. `failed` stays set once something did not fit, until the next `seek`. */
export let cursor: usize = 0
export let failed: bool = false

@inline
export function seek(to: usize): void {
  cursor = to
  failed = false
}

/** An unsigned varint of up to ten bytes. */
export function readVarint(end: usize): i64 {
  let value: u64 = 0
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    if (cursor >= end) break
    const byte = load<u8>(cursor++)
    value |= (u64(byte) & 0x7f) << shift
    if (byte < 0x80) return value
  }
  failed = true
  return 0
}

/** A varint as 32 bits; a larger one becomes 0xffffffff, which is no tag, no length and no index. */
@inline
export function readVarint32(end: usize): u32 {
  if (cursor < end) {
    const first = load<u8>(cursor)
    if (first < 0x80) {
      cursor++
      return first
    }
  }
  return wide(end)
}

function wide(end: usize): u32 {
  const value = u64(readVarint(end))
  return value > 0xffffffff ? 0xffffffff : u32(value)
}

/** Passes over a field that nobody asked for. Groups are not part of proto3. */
export function skip(tag: u32, end: usize): void {
  const wire = tag & 7
  const left = u64(end - cursor)
  if (tag < 8) failed = true
  else if (wire === 0) readVarint(end)
  else if (wire === 1 && left >= 8) cursor += 8
  else if (wire === 5 && left >= 4) cursor += 4
  else if (wire === 2) {
    const length = readVarint32(end)
    if (failed || length > u32(end - cursor)) failed = true
    else cursor += length
  } else failed = true
}
