import { describe, expect, test } from 'vitest'
import { exploreSearch } from '../../app/search.ts'
import { blankPanel, nextId, panelsOf, withoutPanel, withPanel } from './panels.ts'

describe('panels in the address', () => {
  test('an address without any is one empty panel', () => {
    expect(panelsOf({})).toEqual([blankPanel('a')])
  })

  test('the first panel has plain names, the others a letter; an empty one stays a panel', () => {
    const search = exploreSearch({
      query: 'up',
      view: 'table',
      'query.c': '',
      'draw.c': 'stack',
      tenant: 'x',
      'query.z': 'no',
    })
    const [a, c, ...rest] = panelsOf(search)
    expect(a).toMatchObject({ id: 'a', query: 'up', view: 'table', draw: 'lines', enabled: true })
    expect(c).toMatchObject({ id: 'c', query: '', view: 'graph', draw: 'stack' })
    expect(rest).toEqual([])
  })

  test('nonsense is as usual', () => {
    expect(panelsOf(exploreSearch({ query: 'up', view: 'pie', scale: '7', step: '' }))).toEqual([
      { ...blankPanel('a'), query: 'up' },
    ])
  })

  test('what is written is read back', () => {
    const panel = {
      ...blankPanel('b'),
      query: 'sum(x)',
      view: 'tree',
      step: '1m',
      exemplars: true,
      enabled: false,
    } as const
    const search = withPanel({ query: 'up' }, panel)
    expect(panelsOf(search)[1]).toEqual(panel)
    expect(panelsOf(exploreSearch(withoutPanel(search, 'b')))).toEqual([{ ...blankPanel('a'), query: 'up' }])
  })

  test('new letters follow the last, then fill gaps, then end', () => {
    expect(nextId([blankPanel('a'), blankPanel('c')])).toBe('d')
    expect(nextId([blankPanel('b'), blankPanel('h')])).toBe('a')
    expect(nextId(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => blankPanel(id as 'a')))).toBeUndefined()
  })
})
