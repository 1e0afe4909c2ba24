import { describe, expect, test } from 'vitest'
import { cleared, forgotten, parseHistory, remembered, starred } from './history.ts'

describe('history of queries', () => {
  test('reads entries, plain queries of earlier versions, and no nonsense', () => {
    expect(parseHistory('["up", {"query":"a","at":5,"favourite":true}, 7, {"q":1}]')).toEqual([
      { query: 'up', at: 0, favourite: false },
      { query: 'a', at: 5, favourite: true },
    ])
    expect([parseHistory(null), parseHistory('{'), parseHistory('{}')]).toEqual([[], [], []])
  })

  test('a query that runs again moves up and keeps its star', () => {
    const entries = remembered(starred(remembered(remembered([], 'a', 1), 'b', 2), 'a'), 'a', 3)
    expect(entries).toEqual([
      { query: 'a', at: 3, favourite: true },
      { query: 'b', at: 2, favourite: false },
    ])
    expect(forgotten(entries, 'a').map(({ query }) => query)).toEqual(['b'])
    expect(cleared(entries).map(({ query }) => query)).toEqual(['a'])
  })

  test('keeps 200, and every favourite', () => {
    let entries = starred(remembered([], 'old', 0), 'old')
    for (let i = 0; i < 300; i++) entries = remembered(entries, `q${i}`, i)
    expect(entries.length).toBe(201)
    expect(entries.at(-1)?.query).toBe('old')
  })
})
