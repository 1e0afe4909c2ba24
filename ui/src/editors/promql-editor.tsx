import { lazy, Suspense } from 'react'
import styles from './editor.module.css'
import type { PromqlEditorProps } from './promql-codemirror.tsx'

const Editor = lazy(() =>
  import('./promql-codemirror.tsx').then(({ PromqlCodemirror }) => ({ default: PromqlCodemirror })),
)

/** The editor, loaded when first needed; until then a plain field with the same text that can already be typed into. */
export function PromqlEditor(props: PromqlEditorProps) {
  return (
    <div className={styles['editor']}>
      <Suspense fallback={<PlainField {...props} />}>
        <Editor {...props} />
      </Suspense>
    </div>
  )
}

function PlainField({ value, label, hint, onChange, onRun }: PromqlEditorProps) {
  return (
    <input
      className={styles['plain']}
      aria-label={label}
      placeholder={hint}
      value={value}
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) onRun(value)
      }}
    />
  )
}
