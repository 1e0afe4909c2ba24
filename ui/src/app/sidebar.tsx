import { ActionIcon, Tooltip } from '@mantine/core'
import { Link, useMatchRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urlOf } from '../data/base.ts'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '../kit/icons.ts'
import { PAGES } from './pages.ts'
import styles from './shell.module.css'

export interface SidebarProps {
  readonly folded: boolean
  readonly className?: string | undefined
  /** Absent where the navigation can't fold. */
  readonly onFold?: () => void
  readonly onNavigate?: () => void
}

export function Sidebar({ folded, className, onFold, onNavigate }: SidebarProps) {
  const { t } = useTranslation()
  const matchRoute = useMatchRoute()
  const foldText = folded ? t('nav.unfold') : t('nav.fold')
  const FoldIcon = folded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse
  return (
    <nav className={[styles['nav'], className].filter(Boolean).join(' ')} aria-label={t('nav.label')}>
      <Link to="/explore" className={styles['brand']} aria-label="Bongsu" onClick={onNavigate}>
        <img src={urlOf('bongsu.svg').href} width={22} height={22} alt="" />
        {!folded && <span translate="no">{'Bongsu'}</span>}
      </Link>
      <ul className={styles['links']}>
        {PAGES.map(({ id, to, icon: Icon }) => {
          const active = matchRoute({ to }) !== false
          return (
            <li key={id}>
              <Tooltip label={t(`nav.${id}`)} position="right" disabled={!folded}>
                <Link
                  to={to}
                  className={styles['link']}
                  data-active={active}
                  aria-current={active ? 'page' : undefined}
                  aria-label={folded ? t(`nav.${id}`) : undefined}
                  onClick={onNavigate}
                >
                  <Icon size={17} stroke={1.7} aria-hidden />
                  {!folded && t(`nav.${id}`)}
                </Link>
              </Tooltip>
            </li>
          )
        })}
      </ul>
      {onFold !== undefined && (
        <div className={styles['fold']}>
          <Tooltip label={foldText} position="right">
            <ActionIcon size={32} aria-label={foldText} aria-expanded={!folded} onClick={onFold}>
              <FoldIcon size={17} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
    </nav>
  )
}
