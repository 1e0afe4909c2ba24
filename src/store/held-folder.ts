import type { Component } from '../core/lifecycle.ts'
import { openDataFolder } from './data-folder.ts'
import type { DataFolder } from './data-folder.ts'

/** Holds the data folder for this process where the engine does not do so itself: the log is in it, wherever the tables are. */
export class HeldFolder implements Component {
  readonly name = 'data-folder'
  readonly #path: string
  #held: DataFolder | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** Rejects as `openDataFolder` does. */
  async start(): Promise<void> {
    this.#held = await openDataFolder(this.#path)
  }

  async stop(): Promise<void> {
    await this.#held?.release()
    this.#held = undefined
  }
}
