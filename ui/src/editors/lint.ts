/** Underlines: our own parser's word on what is being typed, and the server's on what was run. */
import { forceLinting, linter } from '@codemirror/lint'
import type { Diagnostic } from '@codemirror/lint'
import { StateEffect, StateField } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import { errorPlace, notePlace } from './error-position.ts'

/** What the server said of a run. */
export interface RunNotes {
  /** The query that was run: marks stand only in that very text. */
  readonly query: string
  readonly error: string | undefined
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

const setNotes = StateEffect.define<RunNotes>()

const notesField = StateField.define<RunNotes>({
  create: () => ({ query: '', error: undefined, warnings: [], infos: [] }),
  update: (notes, { effects }) => effects.find((effect) => effect.is(setNotes))?.value ?? notes,
})

/** The server's words at their places; those of another text have no place here. */
export function noteDiagnostics(text: string, notes: RunNotes): readonly Diagnostic[] {
  if (text.trim() !== notes.query) return []
  const indent = text.length - text.trimStart().length
  const moved = (severity: Diagnostic['severity'], message: string, place: ReturnType<typeof errorPlace>) =>
    place === undefined ? [] : [{ from: place.from + indent, to: place.to + indent, severity, message }]
  return [
    ...(notes.error === undefined ? [] : moved('error', notes.error, errorPlace(notes.query, notes.error))),
    ...notes.warnings.flatMap((message) => moved('warning', message, notePlace(notes.query, message))),
    ...notes.infos.flatMap((message) => moved('info', message, notePlace(notes.query, message))),
  ]
}

/** The parser comes on its own, after the editor: typing need not wait for it. */
async function diagnose(view: EditorView): Promise<readonly Diagnostic[]> {
  const { parserDiagnostics } = await import('./parser-diagnostics.ts')
  // Read only now: of two runs, the later one may be the first to end.
  const { state } = view
  const text = state.doc.toString()
  const own = parserDiagnostics(text)
  const said = noteDiagnostics(text, state.field(notesField))
  // The server's parser is the same: what both find is told once.
  return own.length === 0 ? said : [...own, ...said.filter(({ severity }) => severity !== 'error')]
}

export const linting = [
  notesField,
  linter(diagnose, {
    delay: 350,
    needsRefresh: ({ transactions }) => transactions.some(({ effects }) => effects.some((one) => one.is(setNotes))),
  }),
]

export function showNotes(view: EditorView, notes: RunNotes): void {
  view.dispatch({ effects: setNotes.of(notes) })
  forceLinting(view)
}
