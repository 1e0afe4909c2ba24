import type { StepVector } from './vector.ts'

/**
 * An instant vector in parts of some rows each, so that an aggregation over many series never holds all of them. Rows of all
 * parts together have distinct label sets. A part is the consumer's.
 */
export interface RowStream {
  /** The label sets would stay distinct without the metric name: a function may drop it part by part. */
  readonly distinctNameless: boolean
  readonly parts: AsyncIterable<StepVector>
}

/** A stream of one part. */
export function streamOf(vector: StepVector, distinctNameless: boolean): RowStream {
  return { distinctNameless, parts: onePart(vector) }
}

async function* onePart(vector: StepVector): AsyncGenerator<StepVector, void, undefined> {
  yield vector
}

/** A stream whose parts are made of those of `stream`, one by one. */
export function mapStream(
  stream: RowStream,
  distinctNameless: boolean,
  of: (part: StepVector) => StepVector,
): RowStream {
  return { distinctNameless, parts: mapped(stream.parts, of) }
}

async function* mapped(
  parts: AsyncIterable<StepVector>,
  of: (part: StepVector) => StepVector,
): AsyncGenerator<StepVector, void, undefined> {
  for await (const part of parts) yield of(part)
}

/** All parts. */
export async function partsOf(stream: RowStream): Promise<StepVector[]> {
  const parts: StepVector[] = []
  for await (const part of stream.parts) parts.push(part)
  return parts
}
