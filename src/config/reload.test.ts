import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { TestClock } from '../../test/support/test-clock.ts'
import { silentLog } from '../core/log.ts'
import { Telemetry } from '../core/telemetry.ts'
import type { Problem } from './problem.ts'
import { ConfigReloader, reloadOnHangup } from './reload.ts'
import { defineSection } from './section.ts'
import { Secret } from './secret.ts'

const schema = z.unknown()
const sections = {
  jobs: defineSection({ key: 'jobs', summary: '', reload: 'live', schema }),
  names: defineSection({ key: 'names', summary: '', reload: 'live', schema }),
  port: defineSection({ key: 'port', summary: '', reload: 'restart', schema }),
}
interface Config {
  readonly [key: string]: unknown
  readonly jobs: readonly unknown[]
  readonly names: string
  readonly port: number
}
const initial: Config = { jobs: [{ password: new Secret('a') }], names: 'x', port: 1 }
const broken: Problem = { severity: 'error', file: 'x.yml', line: 3, column: 1, path: 'jobs', message: 'is wrong' }

/** A reloader that loads what `next` holds, and the sections that it handed on. */
function setUp() {
  const clock = new TestClock(1_700_000_000_000)
  const telemetry = new Telemetry()
  const next: { config: Config | undefined; problems: Problem[] } = { config: initial, problems: [] }
  const applied: string[] = []
  const faults = new Map<string, Error>()
  const target = (key: string) => ({
    apply: (value: unknown) => {
      const fault = faults.get(key)
      if (fault !== undefined) return Promise.reject(fault)
      applied.push(`${key}=${JSON.stringify(value)}`)
      return Promise.resolve()
    },
  })
  const reloader = new ConfigReloader<Config>(
    { sections, initial },
    {
      load: () => Promise.resolve({ ...next }),
      targets: { names: target('names'), jobs: target('jobs') },
      clock,
      log: silentLog,
      telemetry,
    },
  )
  return { reloader, next, applied, faults, telemetry, clock }
}

describe('a reload', () => {
  test('that brings nothing new applies nothing', async () => {
    const { reloader, next, applied } = setUp()
    next.config = { ...initial, jobs: [{ password: new Secret('a') }] }
    expect(await reloader.reload()).toEqual({ applied: [], needsRestart: [], warnings: [] })
    expect(applied).toEqual([])
  })

  test('hands changed live sections on, in the order of their targets', async () => {
    const { reloader, next, applied } = setUp()
    next.config = { ...initial, jobs: [1], names: 'y' }
    expect((await reloader.reload()).applied).toEqual(['names', 'jobs'])
    expect(applied).toEqual(['names="y"', 'jobs=[1]'])
    expect(reloader.current).toEqual(next.config)
  })

  test('sees that only a secret changed', async () => {
    const { reloader, next } = setUp()
    next.config = { ...initial, jobs: [{ password: new Secret('b') }] }
    expect((await reloader.reload()).applied).toEqual(['jobs'])
  })

  test('reports what needs a restart, as long as it does, and keeps that as it was', async () => {
    const { reloader, next } = setUp()
    next.config = { ...initial, port: 2 }
    for (let i = 0; i < 2; i++) expect((await reloader.reload()).needsRestart).toEqual(['port'])
    expect(reloader.current.port).toBe(1)
  })

  test('of a bad file changes nothing, and says so in the metrics', async () => {
    const { reloader, next, applied, telemetry, clock } = setUp()
    await clock.advance(5000)
    next.config = undefined
    next.problems = [broken]
    await expect(reloader.reload()).rejects.toThrow('x.yml:3:1  jobs  is wrong')
    expect(applied).toEqual([])
    expect(reloader.current).toBe(initial)
    for (const prefix of ['bongsu', 'prometheus']) {
      expect(telemetry.expose()).toContain(`${prefix}_config_last_reload_successful 0\n`)
      const time = `${prefix}_config_last_reload_success_timestamp_seconds`
      expect(telemetry.expose()).toContain(`${time} 1700000000\n`)
    }
    Object.assign(next, { config: initial, problems: [] })
    await reloader.reload()
    expect(telemetry.expose()).toContain('bongsu_config_last_reload_successful 1\n')
    expect(telemetry.expose()).toContain('bongsu_config_last_reload_success_timestamp_seconds 1700000005\n')
  })

  test('that one section refuses still reaches the others, and fails', async () => {
    const { reloader, next, applied, faults } = setUp()
    faults.set('names', new Error('no'))
    next.config = { ...initial, jobs: [1], names: 'y' }
    await expect(reloader.reload()).rejects.toMatchObject({ code: 'config.not_applied' })
    expect(applied).toEqual(['jobs=[1]'])
    expect(reloader.current).toMatchObject({ names: 'x', jobs: [1] })
  })

  test('tells the warnings of the file', async () => {
    const { reloader, next } = setUp()
    next.problems = [{ ...broken, severity: 'warning' }]
    expect((await reloader.reload()).warnings).toHaveLength(1)
  })

  test('waits for the one before it', async () => {
    const { reloader, next, applied } = setUp()
    next.config = { ...initial, names: 'y' }
    const first = reloader.reload()
    const second = reloader.reload()
    expect([(await first).applied, (await second).applied]).toEqual([['names'], []])
    expect(applied).toHaveLength(1)
  })
})

test('a hang-up reloads while the component runs', async () => {
  const listeners = new Set<() => void>()
  const source = {
    on: (_: 'SIGHUP', listener: () => void) => listeners.add(listener),
    off: (_: 'SIGHUP', listener: () => void) => listeners.delete(listener),
  }
  let reloads = 0
  const component = reloadOnHangup(source, () => {
    reloads++
    return Promise.reject(new Error('bad file'))
  })
  await component.start(AbortSignal.timeout(1000))
  for (const listener of listeners) listener()
  await component.stop(AbortSignal.timeout(1000))
  expect(reloads).toBe(1)
  expect(listeners.size).toBe(0)
})
