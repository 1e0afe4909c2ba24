/** Snappy's block format. Follows format_description.txt of google/snappy. */

/** Bytes of the length at the front of a block. */
let prefix: u32 = 0

/** What the block says it holds, -1 when it does not say. */
export function declaredLength(from: usize, length: u32): i64 {
  let value: u64 = 0
  prefix = 0
  for (let shift: u64 = 0; shift < 35 && prefix < length; shift += 7) {
    const byte = load<u8>(from + prefix++)
    value |= (u64(byte) & 0x7f) << shift
    if (byte < 0x80) return value > 0xffffffff ? -1 : i64(value)
  }
  return -1
}

/** Undoes the block whose declared length was just read; false when it is corrupt. Both memories have slack behind them. */
export function uncompress(from: usize, length: u32, to: usize, size: u32): bool {
  const end = from + length
  const toEnd = to + size
  let source = from + prefix
  let target = to
  while (source < end) {
    const tag = u32(load<u8>(source++))
    if ((tag & 3) === 0) {
      let run = (tag >> 2) + 1
      if (run > 60) {
        const extra = run - 60
        if (u32(end - source) < extra) return false
        const bits = load<u32>(source) & (0xffffffff >> ((4 - extra) * 8))
        if (bits === 0xffffffff) return false
        run = bits + 1
        source += extra
      }
      if (run > u32(end - source) || run > u32(toEnd - target)) return false
      if (run > 256) memory.copy(target, source, run)
      else copy(target, source, run)
      source += run
      target += run
      continue
    }
    let run: u32
    let offset: u32
    if ((tag & 3) === 1) {
      if (source >= end) return false
      run = ((tag >> 2) & 7) + 4
      offset = ((tag >> 5) << 8) | load<u8>(source++)
    } else {
      const width: u32 = (tag & 3) === 2 ? 2 : 4
      if (u32(end - source) < width) return false
      run = (tag >> 2) + 1
      offset = width === 2 ? load<u16>(source) : load<u32>(source)
      source += width
    }
    if (offset === 0 || offset > u32(target - to) || run > u32(toEnd - target)) return false
    if (offset >= 16) copy(target, target - offset, run)
    else repeat(target, offset, run)
    target += run
  }
  return target === toEnd
}

/** Copies in steps of 16 bytes, up to 15 bytes too far: into the slack, or over what is written next. */
@inline
function copy(target: usize, source: usize, run: u32): void {
  for (let i: u32 = 0; i < run; i += 16) v128.store(target + i, v128.load(source + i))
}

/** A copy that overlaps itself closely: repeats the last `offset` bytes. */
@inline
function repeat(target: usize, offset: u32, run: u32): void {
  for (let i: u32 = 0; i < run; i++) store<u8>(target + i, load<u8>(target + i - offset))
}
