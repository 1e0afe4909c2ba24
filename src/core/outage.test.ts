import { beforeEach, describe, expect, test } from 'vitest'
import { TestClock } from '../../test/support/test-clock.ts'
import { defineError } from './errors.ts'
import { createLog } from './log.ts'
import { Outage } from './outage.ts'
import { durationMs } from './time.ts'

const entry = (code: string, retry: boolean) =>
  defineError<void>({ code, status: 503, blame: 'operator', retry, message: () => `it is ${code}`, advice: '' })
const full = entry('test.full', true)
const away = entry('test.away', true)
const broken = entry('test.broken', false)

let clock: TestClock
let lines: string[]
let outage: Outage
beforeEach(() => {
  clock = new TestClock()
  lines = []
  const log = createLog({ level: 'info', format: 'json' }, { clock, write: (line) => void lines.push(line) })
  outage = new Outage({ began: 'began', lasts: 'lasts', over: 'over' }, { clock, log })
})

const told = (): unknown[] => lines.splice(0).map((line) => JSON.parse(line) as unknown)

describe('an outage', () => {
  test('is told once when it begins and once when it is over', async () => {
    for (let i = 0; i < 100; i++) outage.failed(full(), { place: 'here' })
    expect(told()).toEqual([
      expect.objectContaining({ level: 'warn', msg: 'began', error: 'it is test.full', place: 'here' }),
    ])
    await clock.advance(durationMs(6_000))
    outage.succeeded()
    outage.succeeded()
    expect(told()).toEqual([expect.objectContaining({ level: 'info', msg: 'over', failures: 100 })])
    outage.failed(full())
    expect(told()).toMatchObject([{ msg: 'began' }])
  })

  test('is not over while one write in ten goes through', async () => {
    for (let i = 0; i < 60; i++) {
      outage.failed(full())
      await clock.advance(durationMs(1_000))
      outage.succeeded()
    }
    expect(told()).toMatchObject([{ msg: 'began' }])
  })

  test('is told again every five minutes, and when it has another cause', async () => {
    outage.failed(full())
    outage.failed(away())
    outage.failed(full())
    expect(told()).toMatchObject([{ msg: 'began' }, { msg: 'lasts', error: 'it is test.away', failures: 2 }])
    await clock.advance(durationMs(300_000))
    outage.failed(full())
    expect(told()).toMatchObject([{ msg: 'lasts', error: 'it is test.full', failures: 4 }])
  })

  test('is an error where trying again does not help', () => {
    outage.failed(broken())
    outage.failed(new TypeError('a bug'))
    expect(told()).toMatchObject([
      { level: 'error', error: 'it is test.broken' },
      { level: 'error', error: 'a bug' },
    ])
  })
})
