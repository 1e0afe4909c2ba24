import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { useTimeRange } from '../../app/time/range-context.tsx'
import { IconCheck, IconHistory, IconLayoutSidebarLeftCollapse, IconLink, IconList, IconPlus } from '../../kit/icons.ts'
import styles from './explore.module.css'

export interface ToolbarProps {
  readonly listShown: boolean
  readonly canAdd: boolean
  readonly onToggleList: () => void
  readonly onHistory: () => void
  readonly onAdd: () => void
}

/** What concerns all panels. */
export function Toolbar(props: ToolbarProps) {
  const { t } = useTranslation()
  const listText = props.listShown ? t('explore.list.hide') : t('explore.list.show')
  const ListIcon = props.listShown ? IconLayoutSidebarLeftCollapse : IconList
  return (
    <div className={styles['bar']}>
      <Tooltip label={listText}>
        <ActionIcon aria-label={listText} aria-pressed={props.listShown} onClick={props.onToggleList}>
          <ListIcon size={18} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      <h1>{t('explore.title')}</h1>
      <Button
        variant="subtle"
        color="gray"
        leftSection={<IconHistory size={15} aria-hidden />}
        onClick={props.onHistory}
      >
        {t('explore.history.title')}
      </Button>
      <LinkMenu />
      <Button
        leftSection={<IconPlus size={14} aria-hidden />}
        disabled={!props.canAdd}
        onClick={props.onAdd}
        data-testid="add-panel"
      >
        {t('explore.panel.add')}
      </Button>
    </div>
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
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          leftSection={clipboard.copied ? <IconCheck size={15} aria-hidden /> : <IconLink size={15} aria-hidden />}
        >
          {label}
        </Button>
      </Menu.Target>
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
