import { overloaded } from '../../signals/ingest.ts'

/** Bounds the bytes of all bodies that are held at once. */
export class InFlight {
  readonly #limitBytes: number
  #held = 0
  #requests = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get bytes(): number {
    return this.#held
  }

  /** Takes `bytes` in, until the returned function is called (once or more). A request alone is always let in. Throws `ingest.overloaded`. */
  admit(bytes: number): () => void {
    if (this.#requests > 0 && this.#held + bytes > this.#limitBytes) {
      throw overloaded({ queue: 'remote write', limitBytes: this.#limitBytes })
    }
    this.#held += bytes
    this.#requests++
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#held -= bytes
      this.#requests--
    }
  }
}
