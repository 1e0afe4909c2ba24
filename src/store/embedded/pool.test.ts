import { describe, expect, test } from 'vitest'
import { Pool } from './pool.ts'

const { signal } = new AbortController()

describe('Pool', () => {
  test('lends each item once, and the next free one in order of asking', async () => {
    const pool = new Pool(['a'])
    const order: string[] = []
    expect(await pool.take(signal)).toBe('a')
    const second = pool.take(signal).then((item) => order.push(`second ${item}`))
    const third = pool.take(signal).then((item) => order.push(`third ${item}`))
    expect(pool.waiting).toBe(2)
    pool.give('a')
    await second
    pool.give('a')
    await third
    expect(order).toEqual(['second a', 'third a'])
    expect(pool.waiting).toBe(0)
  })

  test('a waiter that is aborted leaves the line, and takes nothing', async () => {
    const pool = new Pool(['a'])
    await pool.take(signal)
    const controller = new AbortController()
    const gone = pool.take(controller.signal)
    const stays = pool.take(signal)
    const reason = new Error('gone')
    controller.abort(reason)
    await expect(gone).rejects.toBe(reason)
    pool.give('a')
    expect(await stays).toBe('a')
  })

  test('an aborted signal gets nothing, though an item is free', async () => {
    const pool = new Pool(['a'])
    expect(() => pool.take(AbortSignal.abort(new Error('before')))).toThrow('before')
    expect(await pool.take(signal)).toBe('a')
  })
})
