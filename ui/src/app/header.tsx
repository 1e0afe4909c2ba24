import { ActionIcon, Kbd, Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { IconKeyboard, IconMenu2, IconSearch } from '../kit/icons.ts'
import { printKey } from './keymap.ts'
import { SettingsMenu } from './settings-menu.tsx'
import styles from './shell.module.css'
import { RangePicker } from './time/range-picker.tsx'
import { RefreshControl } from './time/refresh-control.tsx'

export interface HeaderProps {
  readonly onPalette: () => void
  readonly onKeys: () => void
  readonly onNavigation: () => void
}

export function Header({ onPalette, onKeys, onNavigation }: HeaderProps) {
  const { t } = useTranslation()
  return (
    <header className={styles['header']}>
      <ActionIcon className={styles['burger']} size={32} aria-label={t('nav.open')} onClick={onNavigation}>
        <IconMenu2 size={18} />
      </ActionIcon>
      <button type="button" className={styles['searchButton']} onClick={onPalette}>
        <IconSearch size={15} aria-hidden />
        <span>{t('palette.open')}</span>
        <Kbd>{printKey('mod+k')}</Kbd>
      </button>
      <div className={styles['spring']} />
      <RangePicker />
      <RefreshControl />
      <Tooltip label={t('keys.show')}>
        <ActionIcon size={30} aria-label={t('keys.show')} onClick={onKeys}>
          <IconKeyboard size={18} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      <SettingsMenu />
    </header>
  )
}
