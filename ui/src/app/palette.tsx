import { useComputedColorScheme } from '@mantine/core'
import { Spotlight } from '@mantine/spotlight'
import { createSpotlight } from '@mantine/spotlight'
import type { SpotlightStore } from '@mantine/spotlight'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { metadataOf } from '../data/metadata-of.ts'
import { useMetadata, useMetricNames } from '../data/metric-names.ts'
import { selectorOf } from '../data/labels.ts'
import { TypeBadge } from '../kit/badge.tsx'
import { IconClock, IconLanguage, IconLink, IconMoon, IconRefresh, IconSearch, IconSun } from '../kit/icons.ts'
import { matches } from '../kit/search-input.tsx'
import type { ActionId } from './keymap.ts'
import { PAGES } from './pages.ts'
import { useLanguage } from './preferences.ts'
import { useTimeRange } from './time/range-context.tsx'
import { useDurationName } from './time/use-range-name.ts'

const MAX_METRICS = 12

export interface PaletteProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly onAction: (action: ActionId) => void
}

interface Entry {
  readonly id: string
  readonly label: string
  readonly icon: React.ReactNode
  readonly run: () => void
}

/** ⌘K: one field that leads to every page, metric and action. */
export function Palette({ opened, onClose, onAction }: PaletteProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [[store, spotlight]] = useState(createSpotlight)
  useEffect(() => {
    if (opened) spotlight.open()
    else spotlight.close()
  }, [opened, spotlight])
  const pages = usePages().filter(({ label }) => matches(label, text))
  const actions = useActionEntries(onAction).filter(({ label }) => matches(label, text))
  const metrics = useMetricEntries(text)
  useFirstSelected(store, [...pages, ...metrics, ...actions].map(({ id }) => id).join('\n'))
  const nothing = pages.length + actions.length + metrics.length === 0
  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={onClose}
      shortcut={null}
      clearQueryOnClose
      overlayProps={{ blur: 0, backgroundOpacity: 0.4 }}
      scrollable
      maxHeight={420}
      size={620}
      attributes={{ content: { 'aria-label': t('palette.open') } }}
    >
      <Spotlight.Search
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.placeholder')}
        leftSection={<IconSearch size={17} aria-hidden />}
      />
      <Spotlight.ActionsList>
        {nothing && <Spotlight.Empty>{t('palette.nothing')}</Spotlight.Empty>}
        <Entries title={t('palette.pages')} entries={pages} />
        <Entries title={t('palette.metrics')} entries={metrics} />
        <Entries title={t('palette.actions')} entries={actions} />
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

/**
 * Something is always selected for Enter to run: Spotlight selects once when the text changes, and metrics that the server
 * finds come later. It keeps the selection as an attribute, so this does the same.
 */
function useFirstSelected(store: SpotlightStore, shown: string): void {
  useEffect(() => {
    const list = document.getElementById(store.getState().listId)
    if (shown === '' || list === null || list.querySelector('[data-selected]') !== null) return
    list.querySelector('[data-action]')?.setAttribute('data-selected', 'true')
    store.updateState((state) => ({ ...state, selected: 0 }))
  }, [store, shown])
}

function Entries({ title, entries }: { readonly title: string; readonly entries: readonly Entry[] }) {
  if (entries.length === 0) return null
  return (
    <Spotlight.ActionsGroup label={title}>
      {entries.map(({ id, label, icon, run }) => (
        <Spotlight.Action key={id} label={label} leftSection={icon} onClick={run} />
      ))}
    </Spotlight.ActionsGroup>
  )
}

function usePages(): readonly Entry[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return PAGES.map(({ id, to, icon: Icon }) => ({
    id,
    label: t(`nav.${id}`),
    icon: <Icon size={17} stroke={1.7} aria-hidden />,
    run: () => void navigate({ to }),
  }))
}

function useMetricEntries(text: string): readonly Entry[] {
  const navigate = useNavigate()
  const { resolved } = useTimeRange()
  const { data } = useMetricNames(text, resolved)
  const known = useMetadata().data
  if (text.length < 2) return []
  return (data?.names ?? []).slice(0, MAX_METRICS).map((name) => ({
    id: `metric:${name}`,
    label: name,
    icon: <TypeBadge type={metadataOf(known, name).type || 'metric'} />,
    run: () => void navigate({ to: '/explore', search: { query: selectorOf(name) } }),
  }))
}

function useActionEntries(onAction: (action: ActionId) => void): readonly Entry[] {
  const { t } = useTranslation()
  const scheme = useComputedColorScheme('light')
  const { language, setLanguage } = useLanguage()
  const { setRange } = useTimeRange()
  const nameOf = useDurationName()
  const icon = { size: 17, stroke: 1.7, 'aria-hidden': true } as const
  const toKorean = language === 'en'
  return [
    {
      id: 'theme',
      label: scheme === 'dark' ? t('palette.toLight') : t('palette.toDark'),
      icon: scheme === 'dark' ? <IconSun {...icon} /> : <IconMoon {...icon} />,
      run: () => onAction('theme'),
    },
    {
      id: 'language',
      label: toKorean ? t('palette.toKorean') : t('palette.toEnglish'),
      icon: <IconLanguage {...icon} />,
      run: () => setLanguage(toKorean ? 'ko' : 'en'),
    },
    { id: 'refresh', label: t('time.refreshNow'), icon: <IconRefresh {...icon} />, run: () => onAction('refresh') },
    {
      id: 'link',
      label: t('palette.copyLink'),
      icon: <IconLink {...icon} />,
      run: () => void navigator.clipboard?.writeText(globalThis.location.href),
    },
    { id: 'keys', label: t('keys.show'), icon: <IconSearch {...icon} />, run: () => onAction('show') },
    ...['15m', '1h', '6h', '1d', '7d'].map((duration) => ({
      id: `range:${duration}`,
      label: nameOf(duration),
      icon: <IconClock {...icon} />,
      run: () => setRange({ from: `now-${duration}`, to: 'now' }),
    })),
  ]
}
