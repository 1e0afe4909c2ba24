import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '../../src/store/engine.ts'
import { embeddedEngine } from '../support/embedded-store.ts'
import { engineConformance } from './engine.ts'
import type { EngineHarness } from './engine.ts'

function embedded(): EngineHarness {
  let path = ''
  const start = async (): Promise<Engine> => {
    const engine = embeddedEngine(path)
    await engine.start(new AbortController().signal)
    return engine
  }
  return {
    open: async () => {
      path = await mkdtemp(join(tmpdir(), 'bongsu-engine-'))
      return start()
    },
    reopen: async (engine) => {
      await engine.stop(AbortSignal.timeout(10_000))
      return start()
    },
    close: async (engine) => {
      await engine.stop(AbortSignal.timeout(10_000))
      await rm(path, { recursive: true, force: true })
    },
  }
}

engineConformance('embedded', embedded())
