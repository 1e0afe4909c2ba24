/** The query panels, as the address bar holds them. */
import { PANEL_FIELDS, PANEL_IDS, panelKey } from '../../app/search.ts'
import type { DrawStyle, ExploreSearch, ExploreView, PanelField, PanelId } from '../../app/search.ts'
import type { ValueScale } from '../../charts/options.ts'

export interface PanelState {
  readonly id: PanelId
  readonly query: string
  readonly view: ExploreView
  readonly draw: DrawStyle
  readonly scale: ValueScale
  /** A duration, undefined = chosen by width. */
  readonly step: string | undefined
  readonly exemplars: boolean
  /** A panel that is switched off asks nothing. */
  readonly enabled: boolean
}

export const VIEWS: readonly ExploreView[] = ['graph', 'heatmap', 'table', 'raw', 'tree']
export const DRAWS: readonly DrawStyle[] = ['lines', 'area', 'stack', 'points']
export const SCALES: readonly ValueScale[] = ['auto', 'zero', 'log']

const oneOf = <T extends string>(allowed: readonly T[], text: string | undefined, usual: T): T =>
  allowed.find((one) => one === text) ?? usual

/** The panels in order of their letters. There is always one. */
export function panelsOf(search: ExploreSearch): readonly PanelState[] {
  const ids = PANEL_IDS.filter((id) => PANEL_FIELDS.some((field) => search[panelKey(field, id)] !== undefined))
  return (ids.length === 0 ? [PANEL_IDS[0]] : ids).map((id) => panelOf(search, id))
}

function panelOf(search: ExploreSearch, id: PanelId): PanelState {
  const get = (field: PanelField): string | undefined => search[panelKey(field, id)]
  const step = get('step')
  return {
    id,
    query: get('query') ?? '',
    view: oneOf(VIEWS, get('view'), 'graph'),
    draw: oneOf(DRAWS, get('draw'), 'lines'),
    scale: oneOf(SCALES, get('scale'), 'auto'),
    step: step === '' ? undefined : step,
    exemplars: get('exemplars') === '1',
    enabled: get('off') !== '1',
  }
}

/** The parameters that say so; what is as usual is left out. */
function written(state: PanelState): Record<PanelField, string | undefined> {
  const unless = (value: string, usual: string): string | undefined => (value === usual ? undefined : value)
  return {
    query: state.query,
    view: unless(state.view, 'graph'),
    draw: unless(state.draw, 'lines'),
    scale: unless(state.scale, 'auto'),
    step: state.step,
    exemplars: state.exemplars ? '1' : undefined,
    off: state.enabled ? undefined : '1',
  }
}

/** The address with a panel changed or added. */
export function withPanel(search: ExploreSearch, state: PanelState): ExploreSearch {
  const fields = Object.entries(written(state)) as [PanelField, string | undefined][]
  const next = { ...search, ...Object.fromEntries(fields.map(([field, value]) => [panelKey(field, state.id), value])) }
  return panelsOf(next).length === 1 && state.query === ''
    ? { ...next, [panelKey('query', state.id)]: undefined }
    : next
}

export function withoutPanel(search: ExploreSearch, id: PanelId): ExploreSearch {
  return { ...search, ...Object.fromEntries(PANEL_FIELDS.map((field) => [panelKey(field, id), undefined])) }
}

/** The first letter without a panel, undefined when all have one. */
export function freeId(panels: readonly PanelState[]): PanelId | undefined {
  return PANEL_IDS.find((id) => !panels.some((panel) => panel.id === id))
}

/** The letter that follows the last panel, so that a new one stands below; else any free one. */
export function nextId(panels: readonly PanelState[]): PanelId | undefined {
  const last = PANEL_IDS.indexOf(panels.at(-1)?.id ?? 'a')
  return PANEL_IDS[last + 1] ?? freeId(panels)
}

export const blankPanel = (id: PanelId): PanelState => panelOf({}, id)
