import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { ReactNode, RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import type { RunNotes } from '../../editors/lint.ts'
import type { EditorHandle } from '../../editors/promql-codemirror.tsx'
import { PromqlEditor } from '../../editors/promql-editor.tsx'
import { IconCopyPlus, IconEye, IconEyeOff, IconPlayerPlay, IconPlayerStop, IconWand, IconX } from '../../kit/icons.ts'
import styles from './explore.module.css'
import type { PanelState } from './panels.ts'

export interface PanelHeadProps {
  readonly panel: PanelState
  readonly name: string
  readonly isOneOfMany: boolean
  readonly canAdd: boolean
  readonly draft: string
  readonly notes: RunNotes
  readonly editor: RefObject<EditorHandle | undefined>
  readonly running: boolean
  readonly onDraft: (text: string) => void
  readonly onRun: (text: string) => void
  readonly onCancel: () => void
  readonly onDuplicate: () => void
  readonly onToggle: () => void
  readonly onRemove: () => void
}

/** The editor, and what can be done with its query. */
export function PanelHead(props: PanelHeadProps) {
  const { t } = useTranslation()
  const { panel, draft, running } = props
  // A query that is quick needs no button to stop it.
  const [goesOn] = useDebouncedValue(running, 300)
  const format = async (): Promise<void> => {
    const { formatted } = await import('../../editors/format.ts')
    const better = formatted(draft)
    if (better !== undefined) props.onDraft(better)
  }
  const eye = panel.enabled ? t('explore.panel.disable') : t('explore.panel.enable')
  const Eye = panel.enabled ? IconEye : IconEyeOff
  return (
    <div className={styles['head']} data-enabled={panel.enabled}>
      {props.isOneOfMany && <span className={styles['letter']}>{panel.id.toUpperCase()}</span>}
      <PromqlEditor
        value={draft}
        label={props.name}
        hint={t('explore.editor.placeholder')}
        notes={props.notes}
        handle={props.editor}
        onChange={props.onDraft}
        onRun={props.onRun}
      />
      <div className={styles['headTools']}>
        {running && goesOn ? (
          <Button
            color="gray"
            leftSection={<IconPlayerStop size={14} aria-hidden />}
            onClick={props.onCancel}
            data-testid="cancel"
          >
            {t('explore.editor.cancel')}
          </Button>
        ) : (
          <Button
            variant="filled"
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            onClick={() => props.onRun(draft)}
          >
            {t('explore.editor.run')}
          </Button>
        )}
        <Tool label={t('explore.editor.format')} onClick={() => void format()}>
          <IconWand size={16} stroke={1.7} />
        </Tool>
        <Tool label={t('explore.panel.duplicate')} disabled={!props.canAdd} onClick={props.onDuplicate}>
          <IconCopyPlus size={16} stroke={1.7} />
        </Tool>
        {props.isOneOfMany && (
          <>
            <Tool label={eye} onClick={props.onToggle}>
              <Eye size={16} stroke={1.7} />
            </Tool>
            <Tool label={t('explore.panel.remove')} onClick={props.onRemove}>
              <IconX size={16} stroke={1.7} />
            </Tool>
          </>
        )}
      </div>
    </div>
  )
}

interface ToolProps {
  readonly label: string
  readonly disabled?: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}

function Tool({ label, disabled = false, onClick, children }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} disabled={disabled} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  )
}
