import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const LINE = '20px'

/** The editor in our tokens; they change with the colour scheme by themselves, so one theme serves both. */
const look = EditorView.theme({
  '&': { fontSize: '13.5px', backgroundColor: 'transparent', color: 'var(--b-text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--b-mono)', lineHeight: LINE, fontVariantLigatures: 'none' },
  '.cm-content': { padding: '7px 0', caretColor: 'var(--b-text)' },
  '.cm-line': { padding: '0 10px' },
  '.cm-cursor': { borderLeftColor: 'var(--b-text)' },
  '.cm-placeholder': { color: 'var(--b-muted)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--b-link) 28%, transparent)',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--b-selected)', outline: '1px solid var(--b-link)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--b-raised)',
    color: 'var(--b-text)',
    border: '1px solid var(--b-border)',
    borderRadius: '4px',
    boxShadow: 'var(--b-shadow)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--b-mono)', fontSize: '12.5px', maxHeight: '320px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '18px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--b-selected)',
    color: 'var(--b-text)',
  },
  '.cm-completionDetail': { color: 'var(--b-muted)', fontStyle: 'normal', marginLeft: '12px', float: 'right' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600', color: 'var(--b-link)' },
  '.cm-completionInfo': {
    padding: '6px 10px',
    maxWidth: '360px',
    fontFamily: 'var(--b-font)',
    fontSize: '12px',
    whiteSpace: 'pre-wrap',
  },
  '.cm-completionIcon': { display: 'none' },
  '.cm-diagnostic': { fontSize: '12px', padding: '4px 8px', borderLeftColor: 'var(--b-crit)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--b-crit)',
    textUnderlineOffset: '3px',
  },
})

const colours = HighlightStyle.define([
  { tag: tags.name, color: 'var(--b-text)' },
  { tag: [tags.labelName], color: 'var(--b-info)' },
  { tag: [tags.string], color: 'var(--b-ok)' },
  { tag: [tags.number, tags.integer, tags.float], color: 'var(--b-warn)' },
  { tag: [tags.keyword, tags.function(tags.variableName), tags.modifier], color: 'var(--b-pending)' },
  { tag: [tags.operator, tags.arithmeticOperator, tags.compareOperator], color: 'var(--b-muted)' },
  { tag: tags.comment, color: 'var(--b-muted)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--b-crit)' },
])

export const editorTheme: Extension = [look, syntaxHighlighting(colours)]
