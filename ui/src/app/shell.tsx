import { Drawer, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { Outlet, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Header } from './header.tsx'
import { KeysDialog } from './keys-dialog.tsx'
import { useKeymap } from './keymap.ts'
import type { ActionId } from './keymap.ts'
import { FOLDED_KEY, readSetting, writeSetting } from './preferences.ts'
import styles from './shell.module.css'
import { Sidebar } from './sidebar.tsx'
import { RangeProvider, useTimeRange } from './time/range-context.tsx'
import { shifted, widened } from './time/range.ts'

const Palette = lazy(() => import('./palette.tsx').then(({ Palette: component }) => ({ default: component })))

export function Shell() {
  return (
    <RangeProvider>
      <Frame />
    </RangeProvider>
  )
}

/** The frame around every page: navigation, header, palette, keyboard. */
function Frame() {
  const { t } = useTranslation()
  const [folded, setFolded] = useState(() => readSetting(FOLDED_KEY) === 'yes')
  const [open, setOpen] = useState<'palette' | 'keys' | 'nav' | undefined>()
  const [paletteAsked, setPaletteAsked] = useState(false)
  const main = useRef<HTMLElement>(null)

  const openPalette = useCallback(() => {
    setPaletteAsked(true)
    setOpen('palette')
  }, [])
  const close = useCallback(() => setOpen(undefined), [])
  const run = useActions(openPalette, () => setOpen('keys'))
  useKeymap(run)
  useEffect(() => writeSetting(FOLDED_KEY, folded ? 'yes' : 'no'), [folded])

  return (
    <div className={styles['shell']} data-folded={folded}>
      <a
        className={styles['skip']}
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          main.current?.focus()
        }}
      >
        {t('app.skip')}
      </a>
      <Sidebar folded={folded} onFold={() => setFolded(!folded)} />
      <Header onPalette={openPalette} onKeys={() => setOpen('keys')} onNavigation={() => setOpen('nav')} />
      <main id="main" ref={main} className={styles['main']} tabIndex={-1}>
        <Outlet />
      </main>
      <Drawer
        opened={open === 'nav'}
        onClose={close}
        size={220}
        title={t('nav.label')}
        closeButtonProps={{ 'aria-label': t('kit.close') }}
      >
        <Sidebar folded={false} className={styles['drawerNav']} onNavigate={close} />
      </Drawer>
      <KeysDialog opened={open === 'keys'} onClose={close} />
      {paletteAsked && (
        <Suspense>
          <Palette opened={open === 'palette'} onClose={close} onAction={run} />
        </Suspense>
      )}
    </div>
  )
}

/** What the keyboard and the palette can do. */
function useActions(openPalette: () => void, openKeys: () => void): (action: ActionId) => void {
  const navigate = useNavigate()
  const range = useTimeRange()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const actions: Readonly<Record<ActionId, () => void>> = {
    palette: openPalette,
    show: openKeys,
    find: () => document.querySelector<HTMLElement>('main [data-page-search]')?.focus(),
    explore: () => void navigate({ to: '/explore' }),
    targets: () => void navigate({ to: '/targets' }),
    cardinality: () => void navigate({ to: '/cardinality' }),
    status: () => void navigate({ to: '/status' }),
    refresh: range.refreshNow,
    back: () => range.setRange(shifted(range.resolved, -1, Date.now())),
    forward: () => range.setRange(shifted(range.resolved, 1, Date.now())),
    widen: () => range.setRange(widened(range.text, range.resolved)),
    theme: () => setColorScheme(scheme === 'dark' ? 'light' : 'dark'),
  }
  const latest = useRef(actions)
  latest.current = actions
  return useCallback((action) => latest.current[action](), [])
}
