import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

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
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--b-warn)' },
  '.cm-diagnostic-info': { borderLeftColor: 'var(--b-info)' },
  '.cm-lintRange': { backgroundImage: 'none', textUnderlineOffset: '3px' },
  '.cm-lintRange-error': { textDecoration: 'underline wavy var(--b-crit)' },
  '.cm-lintRange-warning': { textDecoration: 'underline dotted 2px var(--b-warn)' },
  '.cm-lintRange-info': { textDecoration: 'underline dotted 2px var(--b-info)' },
  '.cm-tooltip.cm-completionInfo': { padding: '0' },
  '.pq-help': { padding: '6px 10px', maxWidth: '440px', fontSize: '12px' },
  '.pq-help-title': { fontFamily: 'var(--b-mono)', fontWeight: '500', overflowWrap: 'anywhere' },
  '.pq-help-badge': {
    fontFamily: 'var(--b-font)',
    fontSize: '11px',
    fontWeight: '400',
    color: 'var(--b-muted)',
    border: '1px solid var(--b-border)',
    borderRadius: '8px',
    padding: '0 6px',
    marginLeft: '4px',
    whiteSpace: 'nowrap',
  },
  '.pq-help-text': { marginTop: '4px', color: 'var(--b-text)', whiteSpace: 'normal', wordBreak: 'keep-all' },
  '.cm-snippetField': { backgroundColor: 'var(--b-selected)' },
  '.pq-aggregation, .pq-keyword': { color: 'var(--b-pending)' },
  '.pq-function': { color: 'var(--b-link)' },
  '.pq-label': { color: 'var(--b-info)' },
  '.pq-string': { color: 'var(--b-ok)' },
  '.pq-number': { color: 'var(--b-warn)' },
  '.pq-sign': { color: 'var(--b-muted)' },
  '.pq-comment': { color: 'var(--b-muted)', fontStyle: 'italic' },
})

export const editorTheme: Extension = look
