import { describe, expect, test } from 'vitest'
import type { ActiveTarget, Targets } from '../../data/prometheus.ts'
import { countStates, poolsOf } from './pool-model.ts'

const target = (pool: string, instance: string, health: ActiveTarget['health'], lastError = ''): ActiveTarget => ({
  discoveredLabels: {},
  labels: { instance, job: pool },
  scrapePool: pool,
  scrapeUrl: `http://${instance}/metrics`,
  lastError,
  lastScrape: '',
  lastScrapeDuration: 0,
  health,
  scrapeInterval: '15s',
  scrapeTimeout: '10s',
})

const TARGETS: Targets = {
  activeTargets: [
    target('api', 'a:1', 'up'),
    target('node', 'n:1', 'up'),
    target('node', 'n:2', 'down', 'connection refused'),
  ],
  droppedTargets: [{ discoveredLabels: { __address__: 'd:1', job: 'api' } }],
  droppedTargetCounts: { api: 7 },
}
const NONE = { find: '', health: undefined, pool: undefined }
const names = (filter: Partial<typeof NONE> | object): string[] =>
  poolsOf(TARGETS, ['api', 'empty', 'node'], { ...NONE, ...filter }).map(({ name }) => name)

describe('pools', () => {
  test('those that fail come first, empty ones are there', () => expect(names({})).toEqual(['node', 'api', 'empty']))
  test('a health filter leaves pools without such targets out', () =>
    expect(names({ health: 'down' })).toEqual(['node']))
  test('errors can be searched', () => expect(names({ find: 'REFUSED' })).toEqual(['node']))
  test('labels can be searched by name and value', () => expect(names({ find: 'instance=a' })).toEqual(['api']))
  test('dropped targets can be filtered for', () => expect(names({ health: 'dropped' })).toEqual(['api']))
  test('one pool can be picked', () => expect(names({ pool: 'empty' })).toEqual(['empty']))

  test('the summary counts all targets of a pool, whatever the filter', () => {
    const [node] = poolsOf(TARGETS, [], { ...NONE, health: 'down' })
    expect([node?.active.length, node?.total, node?.health]).toEqual([1, 2, { up: 1, down: 1, unknown: 0 }])
  })

  test('states are counted with dropped targets that the server does not list', () => {
    expect(countStates(TARGETS)).toEqual({ up: 2, down: 1, unknown: 0, dropped: 7 })
  })
})
