import { createContext, useContext } from 'react'
import { decodeGrid } from './decode.ts'
import type { Envelope, QueryData } from './decode.ts'
import type { Grid, GridFrame } from './frame.ts'
import type { DecodeJob, DecodeReply } from './grid-worker.ts'
import { ApiError, parseJson } from './http.ts'

/** Below this size, handing the bytes to a worker costs more than decoding them. */
const WORKER_FROM_BYTES = 256 * 1024

interface Waiting {
  readonly resolve: (frame: GridFrame) => void
  readonly reject: (error: Error) => void
}

/** Turns bodies of range queries into frames: small ones at once, large ones in a worker made at first need. */
export class GridDecoder {
  #worker: Worker | undefined
  #next = 0
  readonly #waiting = new Map<number, Waiting>()

  decode(body: ArrayBuffer, grid: Grid): Promise<GridFrame> {
    if (body.byteLength < WORKER_FROM_BYTES)
      return Promise.resolve(decodeGrid(parseJson<Envelope<QueryData>>(body), grid))
    this.#worker ??= this.#start()
    const id = this.#next++
    const job: DecodeJob = { id, body, grid }
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker?.postMessage(job, [body])
    })
  }

  close(): void {
    this.#worker?.terminate()
    this.#worker = undefined
  }

  #start(): Worker {
    const worker = new Worker(new URL('./grid-worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<DecodeReply>) => {
      const waiting = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      if ('frame' in data) waiting?.resolve(data.frame)
      else waiting?.reject(new ApiError(data.error, { kind: 'server', status: 200 }))
    })
    worker.addEventListener('error', (event) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(event.message))
      this.#waiting.clear()
      this.#worker = undefined
    })
    return worker
  }
}

/** The page's decoder: one worker serves all charts. */
export const GridDecoding = createContext<GridDecoder | undefined>(undefined)

export function useGridDecoder(): GridDecoder {
  const decoder = useContext(GridDecoding)
  if (decoder === undefined) throw new Error('BUG: used outside of GridDecoding')
  return decoder
}
