import { RangeSetBuilder } from '@codemirror/state'
import { Decoration, ViewPlugin } from '@codemirror/view'
import type { DecorationSet, EditorView, ViewUpdate } from '@codemirror/view'
import { editorTokens } from './tokens.ts'
import { withOpeners, wordKind } from './words.ts'

const mark = (name: string): Decoration => Decoration.mark({ class: `pq-${name}` })

const MARKS = Object.fromEntries(
  ['comment', 'string', 'number', 'sign', 'aggregation', 'function', 'keyword', 'metric', 'label'].map((name) => [
    name,
    mark(name),
  ]),
)

/** Queries are short: all of a text is coloured anew at every change. */
function decorate(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>()
  withOpeners(editorTokens(view.state.doc.toString()), (token, opener, next) => {
    const found = MARKS[token.kind === 'word' ? wordKind(token.text, opener, next) : token.kind]
    if (found !== undefined && token.end > token.start) builder.add(token.start, token.end, found)
  })
  return builder.finish()
}

export const colouring = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet

    constructor(view: EditorView) {
      this.decorations = decorate(view)
    }

    update(update: ViewUpdate): void {
      if (update.docChanged) this.decorations = decorate(update.view)
    }
  },
  { decorations: ({ decorations }) => decorations },
)
