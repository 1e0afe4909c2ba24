import { environment } from '../config/env.ts'
import { systemClock } from '../core/clock.ts'
import type { Terminal } from './command.ts'

/** The terminal, or the pipes, of this process. */
export function terminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    input: async () => {
      const chunks: Buffer[] = []
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    },
    clock: systemClock,
    env: environment(),
  }
}
