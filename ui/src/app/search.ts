/** The address bar: which parameters the pages keep there, and how they are spelled (plain strings, no JSON). */
import type { Zone } from '../kit/moment.ts'

type Raw = Readonly<Record<string, unknown>>

const text = (raw: Raw, name: string): string | undefined => {
  const value = raw[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

const oneOf = <T extends string>(raw: Raw, name: string, allowed: readonly T[]): T | undefined => {
  const value = raw[name]
  return allowed.find((one) => one === value)
}

/** Drops undefined members, so that they do not appear in the address. */
function present<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<T>
}

/** On every page. */
export const rootSearch = (raw: Raw) =>
  present({
    from: text(raw, 'from'),
    to: text(raw, 'to'),
    refresh: text(raw, 'refresh'),
    tz: oneOf<Zone>(raw, 'tz', ['browser', 'utc']),
    tenant: text(raw, 'tenant'),
  })

export type ExploreView = 'graph' | 'heatmap' | 'table' | 'raw' | 'tree'
export type DrawStyle = 'lines' | 'area' | 'stack' | 'points'

/** The panels of the explorer, as their letters; the first one's parameters have no suffix: `query`, `query.b`. */
export const PANEL_IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
export type PanelId = (typeof PANEL_IDS)[number]

export const PANEL_FIELDS = ['query', 'view', 'draw', 'scale', 'step', 'exemplars', 'off'] as const
export type PanelField = (typeof PANEL_FIELDS)[number]
export type PanelKey = PanelField | `${PanelField}.${Exclude<PanelId, 'a'>}`

export const panelKey = (field: PanelField, id: PanelId): PanelKey => (id === 'a' ? field : `${field}.${id}`)

export type ExploreSearch = Partial<Record<PanelKey | 'find', string | undefined>>

/** What a panel's parameters mean is panels.ts' matter. An empty query stays: it is a panel that waits for one. */
export function exploreSearch(raw: Raw): ExploreSearch {
  const keys: readonly (PanelKey | 'find')[] = [
    'find',
    ...PANEL_IDS.flatMap((id) => PANEL_FIELDS.map((field) => panelKey(field, id))),
  ]
  return Object.fromEntries(keys.filter((key) => typeof raw[key] === 'string').map((key) => [key, raw[key]]))
}

export type HealthFilter = 'up' | 'down' | 'unknown' | 'dropped'

export const targetsSearch = (raw: Raw) =>
  present({
    pool: text(raw, 'pool'),
    health: oneOf<HealthFilter>(raw, 'health', ['up', 'down', 'unknown', 'dropped']),
    find: text(raw, 'find'),
  })

export const cardinalitySearch = (raw: Raw) => present({ match: text(raw, 'match'), limit: text(raw, 'limit') })

export const statusSearch = (raw: Raw) =>
  present({ tab: oneOf(raw, 'tab', ['overview', 'flags', 'config']), find: text(raw, 'find') })

export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search))
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) if (typeof value === 'string') params.set(name, value)
  const string = params.toString()
  return string === '' ? '' : `?${string}`
}
