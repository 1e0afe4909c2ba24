/**
 * What is remembered of known series: `scope + key bytes -> ref`, in one table for all scopes, bounded in bytes.
 * A scope is a number that the caller gives out (a tenant at one generation of its refs): a new number voids the old entries.
 *
 * An entry: scope, key length, ref, next (the entry that followed last time), metadata type + 1, help, unit, hash, key bytes.
 */
const SCOPE = 0
const LENGTH = 4
const REF = 8
const NEXT = 12
const META_TYPE = 16
const META_HELP = 20
const META_UNIT = 24
const HASH = 28
const KEY = 32

const CHUNK: u32 = 262144
const MAX_KEY: u32 = 65536
/** Chosen collisions must not make look-ups long: what lies farther than this is not found, and so decoded anew. */
const MAX_PROBES: u32 = 64

let limit: u32 = 0
let seed: u32 = 0
// Slots of 8 bytes: entry, hash.
let slots: usize = 0
let slotCount: u32 = 0
let entries: u32 = 0
let refused: u32 = 0
/** Changes whenever the cache starts anew. */
export let epoch: u32 = 0

// Chunks are linked by their first word and are kept when the cache starts anew.
let firstChunk: usize = 0
let chunk: usize = 0
let used: u32 = 0
let chunkCount: u32 = 0

export function configure(maxBytes: u32, hashSeed: u32): void {
  limit = maxBytes
  seed = hashSeed
  slotCount = 4096
  slots = heap.alloc(slotCount * 8)
  memory.fill(slots, 0, slotCount * 8)
}

/** A cache that turned away as many keys as it holds starts anew, so that series of the past don't keep it full for ever. */
export function clearIfWornOut(): void {
  if (refused <= entries) return
  memory.fill(slots, 0, slotCount * 8)
  entries = 0
  refused = 0
  epoch++
  chunk = firstChunk
  used = 16
}

@inline
export function refOf(entry: usize): u32 {
  return load<u32>(entry, REF)
}

/** The entry that came after `previous` the last time. */
@inline
export function guess(previous: usize): usize {
  return previous === 0 ? 0 : load<u32>(previous, NEXT)
}

export function rememberOrder(previous: usize, entry: usize): void {
  if (previous !== 0 && entry !== 0) store<u32>(previous, u32(entry), NEXT)
}

/** Whether the bytes at `start` begin with the key of `entry`, a guess: it is of the scope of the entry before it. */
@inline
export function follows(entry: usize, start: usize, end: usize): bool {
  const length = load<u32>(entry, LENGTH)
  return length <= u32(end - start) && equal(entry + KEY, start, length)
}

export function find(scope: u32, start: usize, length: u32): usize {
  return probe(scope, start, length, hashOf(scope, start, length))
}

/** The entry of a key, made if need be; its ref is its own address, so it is the same exactly for equal keys. 0 = no room. */
export function entryFor(scope: u32, start: usize, length: u32): usize {
  const hash = hashOf(scope, start, length)
  const known = probe(scope, start, length, hash)
  return known !== 0 ? known : add(scope, start, length, hash, 0)
}

export function insert(scope: u32, start: usize, length: u32, ref: u32): usize {
  const hash = hashOf(scope, start, length)
  const known = probe(scope, start, length, hash)
  if (known === 0) return add(scope, start, length, hash, ref)
  store<u32>(known, ref, REF)
  return known
}

export function metaEquals(entry: usize, type: u32, help: u32, unit: u32): bool {
  return (
    load<u32>(entry, META_TYPE) === type && load<u32>(entry, META_HELP) === help && load<u32>(entry, META_UNIT) === unit
  )
}

export function setMeta(entry: usize, type: u32, help: u32, unit: u32): void {
  store<u32>(entry, type, META_TYPE)
  store<u32>(entry, help, META_HELP)
  store<u32>(entry, unit, META_UNIT)
}

function probe(scope: u32, start: usize, length: u32, hash: u32): usize {
  const mask = slotCount - 1
  for (let i: u32 = 0; i < MAX_PROBES; i++) {
    const slot = slots + ((hash + i) & mask) * 8
    const entry: usize = load<u32>(slot)
    if (entry === 0) return 0
    if (load<u32>(slot, 4) !== hash || load<u32>(entry, SCOPE) !== scope) continue
    if (load<u32>(entry, LENGTH) === length && equal(entry + KEY, start, length)) return entry
  }
  return 0
}

function add(scope: u32, start: usize, length: u32, hash: u32, ref: u32): usize {
  const entry = place(KEY + ((length + 15) & ~15))
  if (length > MAX_KEY || entry === 0 || !link(entry, hash)) {
    refused++
    return 0
  }
  store<u32>(entry, scope, SCOPE)
  store<u32>(entry, length, LENGTH)
  store<u32>(entry, ref, REF)
  store<u32>(entry, 0, NEXT)
  setMeta(entry, 0, 0, 0)
  store<u32>(entry, hash, HASH)
  memory.copy(entry + KEY, start, length)
  entries++
  if (entries * 2 > slotCount) widen()
  return entry
}

function link(entry: usize, hash: u32): bool {
  const mask = slotCount - 1
  for (let i: u32 = 0; i < MAX_PROBES; i++) {
    const slot = slots + ((hash + i) & mask) * 8
    if (load<u32>(slot) !== 0) continue
    store<u32>(slot, u32(entry))
    store<u32>(slot, hash, 4)
    return true
  }
  return false
}

function widen(): void {
  const old = slots
  const oldCount = slotCount
  slotCount = oldCount * 2
  slots = heap.alloc(slotCount * 8)
  memory.fill(slots, 0, slotCount * 8)
  for (let i: u32 = 0; i < oldCount; i++) {
    const entry: usize = load<u32>(old + i * 8)
    if (entry !== 0) link(entry, load<u32>(entry, HASH))
  }
  heap.free(old)
}

/** Room for an entry, 0 when the limit is reached. */
function place(size: u32): usize {
  if (size > MAX_KEY) return 0
  if (chunk === 0 || used + size > CHUNK) {
    const next: usize = chunk === 0 ? firstChunk : load<u32>(chunk)
    if (next !== 0) chunk = next
    else if (!addChunk()) return 0
    used = 16
  }
  const at = chunk + used
  used += size
  return at
}

function addChunk(): bool {
  if ((chunkCount + 1) * CHUNK + slotCount * 16 > limit) return false
  const fresh = heap.alloc(CHUNK)
  store<u32>(fresh, 0)
  if (chunk === 0) firstChunk = fresh
  else store<u32>(chunk, u32(fresh))
  chunk = fresh
  chunkCount++
  return true
}

/** Both sides may be read 15 bytes too far. */
@inline
function equal(a: usize, b: usize, length: u32): bool {
  let i: u32 = 0
  for (; i + 16 <= length; i += 16) {
    if (!v128.all_true<u8>(v128.eq<u8>(v128.load(a + i), v128.load(b + i)))) return false
  }
  if (i === length) return true
  const same = v128.bitmask<u8>(v128.eq<u8>(v128.load(a + i), v128.load(b + i)))
  const wanted = (1 << (length - i)) - 1
  return (same & wanted) === wanted
}

function hashOf(scope: u32, start: usize, length: u32): u32 {
  let hash: u64 = (u64(scope) << 32) ^ length ^ (u64(seed) * 0x9e3779b97f4a7c15)
  let i: u32 = 0
  for (; i + 8 <= length; i += 8) hash = mix(hash ^ load<u64>(start + i))
  if (i < length) hash = mix(hash ^ (load<u64>(start + i) & (u64(-1) >> ((8 - (length - i)) * 8))))
  hash ^= hash >> 32
  return u32(mix(hash) >> 16)
}

@inline
function mix(value: u64): u64 {
  const product = value * 0x9e3779b97f4a7c15
  return product ^ (product >> 29)
}
