import { Button, Menu, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { IconCheck, IconChevronDown, IconRefresh } from '../../kit/icons.ts'
import styles from './picker.module.css'
import { REFRESH_INTERVALS } from './range.ts'
import { useTimeRange } from './range-context.tsx'

export function RefreshControl() {
  const { t } = useTranslation()
  const { refresh, setRefresh, refreshNow } = useTimeRange()
  const off = refresh === 'off'
  return (
    <div className={styles['group']} role="group" aria-label={t('time.refresh')}>
      <Tooltip label={t('time.refreshNow')}>
        <Button px={7} aria-label={t('time.refreshNow')} onClick={refreshNow}>
          <IconRefresh size={15} />
        </Button>
      </Tooltip>
      <Menu position="bottom-end" width={180}>
        <Menu.Target>
          <Button
            px={6}
            rightSection={<IconChevronDown size={13} aria-hidden />}
            aria-label={off ? t('time.refresh') : t('time.refreshEvery', { interval: refresh })}
          >
            {off ? '' : refresh}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('time.refreshHint')}</Menu.Label>
          {REFRESH_INTERVALS.map((interval) => (
            <Menu.Item
              key={interval}
              rightSection={interval === refresh ? <IconCheck size={14} aria-hidden /> : null}
              aria-current={interval === refresh}
              onClick={() => setRefresh(interval)}
            >
              {interval === 'off' ? t('time.refreshOff') : interval}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
