import { SegmentedControl } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '../../kit/panel.tsx'
import { Configuration } from './configuration.tsx'
import { Flags } from './flags.tsx'
import { Overview } from './overview.tsx'

const TABS = ['overview', 'flags', 'config'] as const

/** Status: what runs here, how it was started and configured, what it holds. */
export function StatusPage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/status' })
  const navigate = useNavigate({ from: '/status' })
  const tab = search.tab ?? 'overview'
  const onFind = useCallback(
    (find: string) =>
      void navigate({ search: (previous) => ({ ...previous, find: find === '' ? undefined : find }), replace: true }),
    [navigate],
  )
  const tools = (
    <SegmentedControl
      aria-label={t('status.title')}
      value={tab}
      onChange={(value) =>
        void navigate({
          search: (previous) => ({ ...previous, find: undefined, tab: TABS.find((one) => one === value) }),
        })
      }
      data={TABS.map((value) => ({ value, label: t(`status.${value}`) }))}
    />
  )
  return (
    <Page title={t('status.title')} tools={tools}>
      {tab === 'overview' && <Overview />}
      {tab === 'flags' && <Flags find={search.find ?? ''} onFind={onFind} />}
      {tab === 'config' && <Configuration />}
    </Page>
  )
}
