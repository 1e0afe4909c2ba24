import { Kbd, Modal } from '@mantine/core'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { BINDINGS, printKey } from './keymap.ts'
import styles from './shell.module.css'

/** Keys that belong to a widget rather than to the page. */
const LOCAL = [
  { id: 'run', keys: ['Enter'] },
  { id: 'newline', keys: ['shift+Enter'] },
  { id: 'chart', keys: ['←', '→'] },
] as const

export function KeysDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('keys.title')}
      size={460}
      closeButtonProps={{ 'aria-label': t('kit.close') }}
    >
      <dl className={styles['kbdList']}>
        {[...BINDINGS, ...LOCAL].map(({ id, keys }) => (
          <Fragment key={id}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{printKey(key)}</Kbd>
              ))}
            </dt>
            <dd>{t(`keys.${id}`)}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  )
}
