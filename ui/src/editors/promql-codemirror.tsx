import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  selectedCompletion,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, insertNewline } from '@codemirror/commands'
import { bracketMatching } from '@codemirror/language'
import { setDiagnostics } from '@codemirror/lint'
import { EditorState, Prec } from '@codemirror/state'
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view'
import { PromQLExtension } from '@prometheus-io/codemirror-promql'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useTenant } from '../data/use-tenant.ts'
import { completion } from './completion.ts'
import { editorTheme } from './editor-theme.ts'
import { errorPlace } from './error-position.ts'

export interface PromqlEditorProps {
  readonly value: string
  readonly label: string
  readonly hint: string
  /** The server's word on the query that was run; its place is underlined while the text is still that query. */
  readonly error: string | undefined
  readonly autoFocus: boolean
  readonly onChange: (text: string) => void
  readonly onRun: (text: string) => void
}

/** A PromQL editor: Enter runs, Shift-Enter breaks the line, completion asks the server. */
export function PromqlCodemirror(props: PromqlEditorProps) {
  const box = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const latest = useRef(props)
  latest.current = props
  const tenant = useRef('')
  tenant.current = useTenant()
  const queries = useQueryClient()

  useEffect(() => {
    if (box.current === null) return undefined
    const { label, hint, value, autoFocus } = latest.current
    const promql = new PromQLExtension().setComplete({
      completeStrategy: completion(queries, () => ({ tenant: tenant.current })),
    })
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          Prec.highest(keymap.of([{ key: 'Enter', run: closeWhenComplete }])),
          // No delay: whether Enter accepts or runs must not depend on how fast one types.
          autocompletion({ activateOnTypingDelay: 80, maxRenderedOptions: 60, interactionDelay: 0 }),
          promql.asExtension(),
          editorTheme,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
          placeholder(hint),
          Prec.high(keymap.of(runKeys(() => latest.current.onRun))),
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) latest.current.onChange(state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    if (autoFocus) made.focus()
    return () => {
      promql.destroy()
      made.destroy()
      view.current = undefined
    }
  }, [queries])

  const { value, error } = props
  useEffect(() => {
    const current = view.current
    if (current === undefined || current.state.doc.toString() === value) return
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } })
  }, [value])
  useEffect(() => {
    const current = view.current
    if (current === undefined) return
    const place = error === undefined ? undefined : errorPlace(current.state.doc.toString(), error)
    const found = place === undefined ? [] : [{ ...place, severity: 'error' as const, message: error ?? '' }]
    current.dispatch(setDiagnostics(current.state, found))
  }, [error])
  return <div ref={box} data-testid="editor" />
}

/** A name that is typed to its end needs no completion: Enter runs it, though the list still offers it. */
function closeWhenComplete(view: EditorView): boolean {
  const { head } = view.state.selection.main
  const label = selectedCompletion(view.state)?.label
  if (label !== undefined && view.state.sliceDoc(head - label.length, head) === label) closeCompletion(view)
  return false
}

function runKeys(onRun: () => (text: string) => void) {
  const run = ({ state, composing }: EditorView): boolean => {
    // Enter ends a syllable that is being composed.
    if (composing) return false
    onRun()(state.doc.toString())
    return true
  }
  return [
    { key: 'Mod-Enter', run },
    { key: 'Shift-Enter', run: insertNewline },
  ].concat({ key: 'Enter', run })
}
