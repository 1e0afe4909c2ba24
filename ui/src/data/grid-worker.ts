/** Decodes large answers off the main thread, so that typing and hovering stay smooth meanwhile. */
import { buffersOf, decodeGrid } from './decode.ts'
import type { Envelope, QueryData } from './decode.ts'
import type { Grid, GridFrame } from './frame.ts'

export interface DecodeJob {
  readonly id: number
  readonly body: ArrayBuffer
  readonly grid: Grid
}

export type DecodeReply =
  | { readonly id: number; readonly frame: GridFrame }
  | { readonly id: number; readonly error: string }

interface WorkerScope {
  onmessage: ((event: MessageEvent<DecodeJob>) => void) | null
  postMessage(message: DecodeReply, transfer: ArrayBuffer[]): void
}

const scope = globalThis as unknown as WorkerScope

scope.onmessage = ({ data: { id, body, grid } }) => {
  try {
    const envelope = JSON.parse(new TextDecoder().decode(body)) as Envelope<QueryData>
    const frame = decodeGrid(envelope, grid)
    scope.postMessage({ id, frame }, buffersOf(frame))
  } catch (error) {
    scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) }, [])
  }
}
