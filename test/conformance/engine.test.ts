import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '../../src/config/secret.ts'
import type { Engine } from '../../src/store/engine.ts'
import { startClickHouseFront } from '../support/clickhouse-front.ts'
import type { ClickHouseFront } from '../support/clickhouse-front.ts'
import { embeddedEngine } from '../support/embedded-store.ts'
import { remoteEngine } from '../support/remote-store.ts'
import { engineConformance } from './engine.ts'
import type { EngineHarness } from './engine.ts'

async function started<E extends Engine>(engine: E): Promise<E> {
  await engine.start(new AbortController().signal)
  return engine
}

const soon = (): AbortSignal => AbortSignal.timeout(10_000)
const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'bongsu-engine-'))

function embedded(): EngineHarness {
  let path = ''
  return {
    open: async () => {
      path = await folder()
      return started(embeddedEngine(path))
    },
    reopen: async (engine) => {
      await engine.stop(soon())
      return started(embeddedEngine(path))
    },
    close: async (engine) => {
      await engine.stop(soon())
      await rm(path, { recursive: true, force: true })
    },
  }
}

/** Over the front's own process, which is ended and started anew at a reopen. */
function remote(compression: boolean): EngineHarness {
  let path = ''
  let front: ClickHouseFront
  return {
    open: async () => {
      path = await folder()
      front = await startClickHouseFront(path)
      return started(remoteEngine(front.url, { compression }))
    },
    reopen: async (engine) => {
      await engine.stop(soon())
      await front.stop()
      front = await startClickHouseFront(path)
      return started(remoteEngine(front.url, { compression }))
    },
    close: async (engine) => {
      await engine.stop(soon())
      await front.stop()
      await rm(path, { recursive: true, force: true })
    },
  }
}

/** Over a real server: `BONGSU_TEST_CLICKHOUSE_URL=http://user:password@host:8123`; its database is dropped afterwards. */
function server(address: string): EngineHarness {
  const url = new URL(address)
  const database = `bongsu_test_${process.pid}`
  const access = {
    user: decodeURIComponent(url.username) || 'default',
    password: new Secret(decodeURIComponent(url.password)),
  }
  const open = (): Promise<Engine> => started(remoteEngine(`${url.protocol}//${url.host}`, { ...access, database }))
  return {
    open,
    reopen: async (engine) => {
      await engine.stop(soon())
      return open()
    },
    close: async (engine) => {
      await engine.define(`DROP DATABASE ${database} SYNC`)
      await engine.stop(soon())
    },
  }
}

engineConformance('embedded', embedded())
engineConformance('remote', remote(false))
engineConformance('remote, compressed', remote(true))

const address = process.env['BONGSU_TEST_CLICKHOUSE_URL']
if (address !== undefined) engineConformance('remote, a real server', server(address))
else console.log('engine: BONGSU_TEST_CLICKHOUSE_URL names no real server to run over')
