import { ActionIcon, Button, Drawer, SegmentedControl, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMoment } from '../../app/time/use-moment.ts'
import type { HistoryEntry } from '../../data/history.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Highlight } from '../../kit/highlight.tsx'
import { IconHistory, IconStar, IconStarFilled, IconTrash } from '../../kit/icons.ts'
import { matches, SearchInput } from '../../kit/search-input.tsx'
import styles from './history.module.css'
import type { History } from './use-history.ts'

export interface HistoryDrawerProps {
  readonly history: History
  readonly opened: boolean
  readonly onClose: () => void
  readonly onPick: (query: string) => void
}

type Which = 'all' | 'favourites'

/** Queries that were run here before: searchable, the good ones starred. */
export function HistoryDrawer({ history, opened, onClose, onPick }: HistoryDrawerProps) {
  const { t } = useTranslation()
  const [find, setFind] = useState('')
  const [which, setWhich] = useState<Which>('all')
  const found = history.entries.filter(({ query, favourite }) => matches(query, find) && (which === 'all' || favourite))
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="md"
      title={t('explore.history.title')}
      closeButtonProps={{ 'aria-label': t('kit.close') }}
    >
      <div className={styles['tools']}>
        <SearchInput
          data-autofocus
          value={find}
          onSearch={setFind}
          placeholder={t('explore.history.find')}
          aria-label={t('explore.history.find')}
        />
        <SegmentedControl
          aria-label={t('explore.history.which')}
          value={which}
          onChange={(value) => setWhich(value === 'favourites' ? 'favourites' : 'all')}
          data={[
            { value: 'all', label: t('explore.history.all') },
            { value: 'favourites', label: t('explore.history.favourites') },
          ]}
        />
      </div>
      {found.length === 0 && (
        <EmptyState
          icon={IconHistory}
          title={find === '' ? t(`explore.history.none.${which}`) : t('kit.noMatch', { text: find })}
        />
      )}
      <ul className={styles['list']}>
        {found.map((entry) => (
          <Entry key={entry.query} entry={entry} find={find} history={history} onPick={onPick} />
        ))}
      </ul>
      {history.entries.some(({ favourite }) => !favourite) && (
        <Button fullWidth mt={12} onClick={history.clear}>
          {t('explore.history.clear')}
        </Button>
      )}
    </Drawer>
  )
}

interface EntryProps {
  readonly entry: HistoryEntry
  readonly find: string
  readonly history: History
  readonly onPick: (query: string) => void
}

function Entry({ entry: { query, at, favourite }, find, history, onPick }: EntryProps) {
  const { t } = useTranslation()
  const moment = useMoment()
  const star = favourite ? t('explore.history.unstar') : t('explore.history.star')
  const Star = favourite ? IconStarFilled : IconStar
  return (
    <li className={styles['entry']} data-testid="history-entry">
      <Tooltip label={star}>
        <ActionIcon aria-label={star} aria-pressed={favourite} onClick={() => history.star(query)}>
          <Star size={15} />
        </ActionIcon>
      </Tooltip>
      <button type="button" className={styles['pick']} onClick={() => onPick(query)}>
        <code>
          <Highlight text={query} find={find} />
        </code>
        {at > 0 && <small>{moment.full(at)}</small>}
      </button>
      <Tooltip label={t('explore.history.forget')}>
        <ActionIcon aria-label={t('explore.history.forget')} onClick={() => history.forget(query)}>
          <IconTrash size={15} />
        </ActionIcon>
      </Tooltip>
    </li>
  )
}
