import { describe, expect, test } from 'vitest'
import { printEntries } from '../../../test/support/entries.ts'
import { NhcbCursor } from './nhcb-cursor.ts'
import { NhcbMemory } from './nhcb-memory.ts'
import { SeriesCache } from './series-cache.ts'
import { TextCursor } from './text-cursor.ts'

const read = (page: string, keepClassic = false, memory = new NhcbMemory(new SeriesCache())): string[] =>
  printEntries(
    new NhcbCursor(new TextCursor(Buffer.from(page), { format: 'openmetrics', cache: memory.cache }), {
      keepClassic,
      memory,
    }),
  )

const PAGE = `# TYPE h histogram
h_bucket{a="1",le="1"} 1 # {id="x"} 0.5 7
h_bucket{a="1",le="2.5"} 1
h_bucket{a="1",le="+Inf"} 4
h_sum{a="1"} 9
h_count{a="1"} 4
h_bucket{a="2",le="1"} 2.5
h_count{a="2"} 3
# TYPE g gauge
g 1
# TYPE i histogram
i_count 5
i_other 6
# EOF
`

describe('NhcbCursor', () => {
  const first = 'h{a="1"} {schema:-53 count:4 sum:9 integer positive:0+3=1,0,3 bounds:1,2.5} # {id="x"} 0.5 7000'
  const second = 'h{a="2"} {schema:-53 count:3 sum:0 float positive:0+2=2.5,0.5 bounds:1}'
  const third = 'i {schema:-53 count:5 sum:0 integer positive:0+1=5}'

  test('makes one histogram of the series of each', () => {
    const want = ['type h histogram', first, second, 'type g gauge', 'g 1', 'type i histogram', third, 'i_other 6']
    expect(read(PAGE)).toEqual(want)
  })

  test('keeps the classic series when asked to', () => {
    expect(read(PAGE, true)).toEqual([
      'type h histogram',
      'h_bucket{a="1", le="1.0"} 1 # {id="x"} 0.5 7000',
      'h_bucket{a="1", le="2.5"} 1',
      'h_bucket{a="1", le="+Inf"} 4',
      'h_sum{a="1"} 9',
      'h_count{a="1"} 4',
      first,
      'h_bucket{a="2", le="1.0"} 2.5',
      'h_count{a="2"} 3',
      second,
      'type g gauge',
      'g 1',
      'type i histogram',
      'i_count 5',
      third,
      'i_other 6',
    ])
  })

  test('tells a histogram that the page ends with', () => {
    expect(read('# TYPE h histogram\nh_count 1\n# EOF\n')).toEqual([
      'type h histogram',
      'h {schema:-53 count:1 sum:0 integer positive:0+1=1}',
    ])
  })

  test('leaves out what makes no sense', () => {
    expect(read('# TYPE h histogram\nh_bucket{le="1"} 3\nh_bucket{le="2"} 1\nh_count 3\n# EOF\n')).toEqual([
      'type h histogram',
    ])
  })

  test('knows its histograms, and the series it swallows, again on the next page', () => {
    const memory = new NhcbMemory(new SeriesCache())
    const pages = read(PAGE, false, memory)
    const { size } = memory.cache
    expect(read(PAGE, false, memory)).toEqual(pages)
    // 8 classic series, 3 histograms, 2 others.
    expect([size, memory.cache.size]).toEqual([13, 13])
  })

  test('tells a series as new that it swallowed before', () => {
    const memory = new NhcbMemory(new SeriesCache())
    read('# TYPE h histogram\nh_count 1\n# EOF\n', false, memory)
    const page = Buffer.from('# TYPE h gauge\nh_count 1\n# EOF\n')
    const cursor = new NhcbCursor(new TextCursor(page, { format: 'openmetrics', cache: memory.cache }), {
      keepClassic: false,
      memory,
    })
    cursor.next()
    cursor.next()
    expect([cursor.kind, cursor.slot]).toEqual(['series', -1])
    expect(cursor.remember()).toBe(cursor.slot)
    expect(cursor.slot).toBeGreaterThanOrEqual(0)
  })

  test('takes a slot that somebody else freed and filled for what it is now', () => {
    const memory = new NhcbMemory(new SeriesCache())
    const pages = read(PAGE, false, memory)
    memory.cache.remove(Array.from({ length: memory.cache.slots }, (_, slot) => slot))
    read('a 1\nb 1\nc 1\n# EOF\n', false, memory)
    expect(read(PAGE, false, memory)).toEqual(pages)
    expect(read('a 1\nb 1\nc 1\n# EOF\n', false, memory)).toEqual(['a 1', 'b 1', 'c 1'])
  })

  test('forgets series that vanished', () => {
    const memory = new NhcbMemory(new SeriesCache())
    for (let i = 0; i < 200; i++) read(`# TYPE h histogram\nh_bucket{pod="${i}",le="1"} 1\n# EOF\n`, false, memory)
    // The histograms themselves are the caller's to forget.
    expect(memory.cache.size - 200).toBeLessThan(40)
  })
})
