/** Remote write, versions 1.0 and 2.0: from a compressed body to a batch. */
import { Bug } from '../../core/errors.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { MetricsBatch, SeriesTable } from '../../signals/metrics.ts'
import { assemble } from './assemble.ts'
import type { Assembled } from './assemble.ts'
import type { Refusals } from './refusals.ts'
import { UNRESOLVED } from './walk.ts'
import type { SeriesWalker, Walk, WalkLimits, WriteVersion } from './walk.ts'

export interface DecodedWrite {
  /** Its columns are valid until the decoder is used again. */
  readonly batch: MetricsBatch
  /** Rows that are not in the batch. */
  readonly refusals: Refusals
  /** To be called when the batch was not kept, so that its metadata are taken in again. */
  readonly forget: () => void
}

/** Tenants whose scopes are remembered; their names come from outside, so there must be an end. */
const MAX_TENANTS = 10_000
const FIRST_SCOPE = 2
const LAST_SCOPE = 0xfffffff0
/** A table that starts its refs anew while a message is resolved makes the message be decoded anew. */
const MAX_ATTEMPTS = 3

interface Scopes {
  readonly generation: number
  /** The scope of version 1; version 2 has the next number. */
  readonly first: number
}

/**
 * Decodes one body at a time, in one turn of the event loop. Remembers refs of known series by their label bytes: what is
 * remembered of a tenant is void when its table's generation changes.
 */
export class RemoteWriteDecoder {
  readonly #limits: WalkLimits
  readonly #walker: SeriesWalker
  readonly #scopes = new Map<TenantId, Scopes>()
  #nextScope = FIRST_SCOPE

  /** `maxRawBytes` bounds the uncompressed message. */
  constructor(options: { readonly maxRawBytes: number }, deps: { readonly walker: SeriesWalker }) {
    // A sample of any sender takes eight bytes at least; what takes less is made to fill memory.
    this.#limits = { maxRawBytes: options.maxRawBytes, maxRows: Math.ceil(options.maxRawBytes / 8) }
    this.#walker = deps.walker
  }

  /** `body` comes in pieces. Throws `codec.*` when the body as a whole is unusable; rows that are refused are told in `refusals`. */
  decode(body: readonly Uint8Array[], version: WriteVersion, tenant: TenantId, table: SeriesTable): DecodedWrite {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const walk = this.#walker.walk(body, this.#limits, version, this.#scopeOf(tenant, table.generation, version))
      const assembled = assemble(walk, version, table)
      if (assembled.batch.generation !== table.generation) continue
      return { batch: assembled.batch, refusals: assembled.refusals, forget: this.#remember(walk, version, assembled) }
    }
    throw new Bug(`the series table of tenant ${tenant} changes generation whenever series are resolved`)
  }

  #scopeOf(tenant: TenantId, generation: number, version: WriteVersion): number {
    let scopes = this.#scopes.get(tenant)
    if (scopes?.generation !== generation) {
      if (this.#scopes.size >= MAX_TENANTS) this.#scopes.clear()
      if (this.#nextScope >= LAST_SCOPE) throw new Bug('out of scopes')
      scopes = { generation, first: this.#nextScope }
      this.#nextScope += 2
      this.#scopes.set(tenant, scopes)
    }
    return scopes.first + version - 1
  }

  /** Hands what is new to the walker, which voids the walk. */
  #remember(walk: Walk, version: WriteVersion, { resolved, metadataTaken }: Assembled): () => void {
    const notes = metadataTaken.map((extra) => walk.extras.slice(extra * 4 + 1, extra * 4 + 4))
    for (const [miss, ref] of resolved.entries()) if (ref !== UNRESOLVED) this.#walker.remember(miss, version, ref)
    const takeBack = notes.map(([series = 0, at = 0, length = 0]) => this.#walker.noteMetadata(series, at, length))
    return () => takeBack.forEach((one) => one())
  }
}
