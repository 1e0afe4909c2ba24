import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionStatus,
  selectedCompletion,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, insertNewline, toggleComment } from '@codemirror/commands'
import { bracketMatching } from '@codemirror/language'
import { EditorState, Prec } from '@codemirror/state'
import type { Extension } from '@codemirror/state'
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'
import { useLanguage } from '../app/preferences.ts'
import { useTenant } from '../data/use-tenant.ts'
import { colouring } from './colouring.ts'
import { promqlCompletion } from './completion.ts'
import { editorTheme } from './editor-theme.ts'
import { hoverHelp } from './hover.ts'
import { languageData } from './language-data.ts'
import { linting, showNotes } from './lint.ts'
import type { RunNotes } from './lint.ts'

/** What the page may do with an editor. */
export interface EditorHandle {
  /** Selects a part of the text and brings the focus there. */
  readonly select: (from: number, to: number) => void
}

export interface PromqlEditorProps {
  readonly value: string
  readonly label: string
  readonly hint: string
  /** What the server said of the last run; marked while the text is still that query. */
  readonly notes: RunNotes
  readonly handle: RefObject<EditorHandle | undefined>
  readonly onChange: (text: string) => void
  readonly onRun: (text: string) => void
}

/** A PromQL editor: Enter runs, Alt-Enter breaks the line; our own parser underlines, completion asks the server. */
export function PromqlCodemirror(props: PromqlEditorProps) {
  const box = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const latest = useRef(props)
  latest.current = props
  const tenant = useRef('')
  tenant.current = useTenant()
  const language = useRef('en')
  language.current = useLanguage().language
  const queries = useQueryClient()

  useEffect(() => {
    if (box.current === null) return undefined
    const { label, hint, value, handle } = latest.current
    const data = languageData(queries, () => tenant.current)
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          typing,
          // No delay: whether Enter accepts or runs must not depend on how fast one types.
          autocompletion({
            override: [promqlCompletion(data, () => language.current)],
            activateOnTypingDelay: 80,
            maxRenderedOptions: 60,
            interactionDelay: 0,
          }),
          hoverHelp(data, () => language.current),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
          placeholder(hint),
          Prec.high(keymap.of(runKeys(() => latest.current.onRun))),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) latest.current.onChange(state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    handle.current = { select: (from, to) => select(made, from, to) }
    showNotes(made, latest.current.notes)
    return () => {
      handle.current = undefined
      made.destroy()
      view.current = undefined
    }
  }, [queries])

  const { value, notes } = props
  useEffect(() => {
    const current = view.current
    if (current === undefined || current.state.doc.toString() === value) return
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } })
  }, [value])
  useEffect(() => {
    if (view.current !== undefined) showNotes(view.current, notes)
  }, [notes])
  return <div ref={box} data-testid="editor" />
}

const typing: Extension = [
  history(),
  drawSelection(),
  bracketMatching(),
  closeBrackets(),
  EditorState.languageData.of(() => [{ commentTokens: { line: '#' } }]),
  Prec.highest(keymap.of([{ key: 'Enter', run: closeWhenComplete }])),
  colouring,
  linting,
  editorTheme,
  EditorView.lineWrapping,
  keymap.of([
    { key: 'Mod-/', run: toggleComment },
    { key: 'Shift-Alt-f', run: format },
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...historyKeymap,
  ]),
]

function format(view: EditorView): boolean {
  void import('./format.ts').then(({ formatted }) => {
    const text = view.state.doc.toString()
    const better = formatted(text)
    if (better !== undefined && better !== text) {
      view.dispatch({ changes: { from: 0, to: text.length, insert: better } })
    }
  })
  return true
}

function select(view: EditorView, from: number, to: number): void {
  const end = view.state.doc.length
  view.focus()
  view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, scrollIntoView: true })
}

/** A name that is typed to its end needs no completion: Enter runs it, though the list still offers it. */
function closeWhenComplete(view: EditorView): boolean {
  const { head } = view.state.selection.main
  const label = selectedCompletion(view.state)?.label
  if (label !== undefined && view.state.sliceDoc(head - label.length, head) === label) closeCompletion(view)
  return false
}

function runKeys(onRun: () => (text: string) => void) {
  const run = (view: EditorView): boolean => {
    // Enter ends a syllable that is being composed.
    if (view.composing) return false
    closeCompletion(view)
    onRun()(view.state.doc.toString())
    return true
  }
  // A text of several lines is being written as such: there, Enter goes on to the next line.
  const enter = (view: EditorView): boolean =>
    completionStatus(view.state) !== 'active' && view.state.doc.lines > 1 ? insertNewline(view) : run(view)
  return [
    { key: 'Mod-Enter', run },
    { key: 'Shift-Enter', run },
    { key: 'Alt-Enter', run: insertNewline },
    { key: 'Enter', run: enter },
  ]
}
