import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { PromqlEditor } from '../../editors/promql-editor.tsx'
import {
  IconCheck,
  IconHistory,
  IconLayoutSidebarLeftCollapse,
  IconLink,
  IconList,
  IconPlayerPlay,
} from '../../kit/icons.ts'
import styles from './explore.module.css'

export interface QueryBarProps {
  readonly draft: string
  readonly error: string | undefined
  readonly running: boolean
  readonly history: readonly string[]
  readonly listShown: boolean
  readonly onDraft: (text: string) => void
  readonly onRun: (text: string) => void
  readonly onToggleList: () => void
}

export function QueryBar(props: QueryBarProps) {
  const { t } = useTranslation()
  const listText = props.listShown ? t('explore.list.hide') : t('explore.list.show')
  const ListIcon = props.listShown ? IconLayoutSidebarLeftCollapse : IconList
  return (
    <div className={styles['bar']}>
      <Tooltip label={listText}>
        <ActionIcon size={36} aria-label={listText} aria-pressed={props.listShown} onClick={props.onToggleList}>
          <ListIcon size={18} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      <PromqlEditor
        value={props.draft}
        label={t('explore.editor.label')}
        hint={t('explore.editor.placeholder')}
        error={props.error}
        autoFocus={false}
        onChange={props.onDraft}
        onRun={props.onRun}
      />
      <Button
        variant="filled"
        leftSection={<IconPlayerPlay size={14} aria-hidden />}
        loading={props.running}
        loaderProps={{ type: 'dots' }}
        onClick={() => props.onRun(props.draft)}
      >
        {t('explore.editor.run')}
      </Button>
      <HistoryMenu history={props.history} onPick={props.onRun} />
      <LinkMenu />
    </div>
  )
}

function HistoryMenu({
  history,
  onPick,
}: {
  readonly history: readonly string[]
  readonly onPick: (q: string) => void
}) {
  const { t } = useTranslation()
  return (
    <Menu position="bottom-end" width={480}>
      <Tooltip label={t('explore.editor.history')}>
        <Menu.Target>
          <ActionIcon size={36} aria-label={t('explore.editor.history')}>
            <IconHistory size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
      </Tooltip>
      <Menu.Dropdown mah={360} style={{ overflow: 'auto' }}>
        <Menu.Label>{history.length === 0 ? t('explore.editor.noHistory') : t('explore.editor.history')}</Menu.Label>
        {history.map((query) => (
          <Menu.Item key={query} className="mono" onClick={() => onPick(query)}>
            {query}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

/** Copies the address: as it is, or with `now` replaced by the moment shown. */
function LinkMenu() {
  const { t } = useTranslation()
  const { resolved, text } = useTimeRange()
  const clipboard = useClipboard({ timeout: 1500 })
  const copy = (from: string, to: string): void => {
    const url = new URL(globalThis.location.href)
    url.searchParams.set('from', from)
    url.searchParams.set('to', to)
    clipboard.copy(url.href)
  }
  const label = clipboard.copied ? t('explore.link.copied') : t('explore.link.copy')
  return (
    <Menu position="bottom-end">
      <Tooltip label={label}>
        <Menu.Target>
          <ActionIcon size={36} aria-label={label}>
            {clipboard.copied ? <IconCheck size={18} /> : <IconLink size={18} stroke={1.7} />}
          </ActionIcon>
        </Menu.Target>
      </Tooltip>
      <Menu.Dropdown>
        <Menu.Item onClick={() => copy(text.from, text.to)}>{t('explore.link.asShown')}</Menu.Item>
        <Menu.Item
          onClick={() => copy(String(Math.round(resolved.start * 1000)), String(Math.round(resolved.end * 1000)))}
        >
          {t('explore.link.fixed')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
