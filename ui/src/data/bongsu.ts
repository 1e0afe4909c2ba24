/** Bongsu's own API. The shapes are the server's schemas; only their types are taken, zod itself stays out of the page. */
import type { CardinalityAnswer, Status } from '../../../src/api/bongsu/schema.ts'
import { parseJson, request } from './http.ts'
import type { RequestContext } from './http.ts'

export type { CardinalityAnswer, Status }

export async function status(ctx: RequestContext): Promise<Status> {
  return parseJson<Status>(await request('api/bongsu/status', {}, ctx))
}

/** `match` is one selector; undefined = every series. */
export async function cardinality(
  limit: number,
  match: string | undefined,
  ctx: RequestContext,
): Promise<CardinalityAnswer> {
  return parseJson<CardinalityAnswer>(await request('api/bongsu/cardinality', { limit, match }, ctx))
}
