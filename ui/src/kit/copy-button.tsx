import { ActionIcon, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { IconCheck, IconCopy } from './icons.ts'

export interface CopyButtonProps {
  readonly value: string
  readonly label?: string
}

/** Copies a text, and says so in place: no toast. */
export function CopyButton({ value, label }: CopyButtonProps) {
  const { t } = useTranslation()
  const clipboard = useClipboard({ timeout: 1500 })
  const text = clipboard.copied ? t('kit.copied') : (label ?? t('kit.copy'))
  return (
    <Tooltip label={text}>
      <ActionIcon aria-label={text} onClick={() => clipboard.copy(value)}>
        {clipboard.copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
      </ActionIcon>
    </Tooltip>
  )
}
