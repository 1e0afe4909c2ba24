import { hoverTooltip } from '@codemirror/view'
import type { Extension } from '@codemirror/state'
import { parseDuration } from '../../../src/core/time.ts'
import { metadataOf } from '../data/metadata-of.ts'
import type { MetadataByMetric } from '../data/prometheus.ts'
import { exactNumber, grouped, seconds, shortNumber } from '../kit/number.ts'
import { textsOf, wordHelp } from './docs.ts'
import type { HelpCard } from './help-card.ts'
import { helpCard } from './help-card.ts'
import type { LanguageData } from './language-data.ts'
import { editorTokens } from './tokens.ts'
import type { EditorToken } from './tokens.ts'
import { withOpeners, wordKind } from './words.ts'
import type { Opener } from './words.ts'

interface Found {
  readonly token: EditorToken
  readonly opener: Opener | undefined
  readonly next: EditorToken | undefined
  readonly previous: EditorToken | undefined
}

/** The token over an offset with its surroundings. */
export function tokenAt(text: string, offset: number): Found | undefined {
  let found: Found | undefined
  let previous: EditorToken | undefined
  withOpeners(editorTokens(text), (token, opener, next) => {
    if (token.start <= offset && offset < token.end) found = { token, opener, next, previous }
    previous = token
  })
  return found
}

/** What is to be said about a token; undefined when there is nothing. */
export function helpOf(
  { token, opener, next, previous }: Found,
  known: MetadataByMetric | undefined,
  language: string,
): HelpCard | undefined {
  if (token.kind === 'number') return numberHelp(token.text, previous?.text === '@', language)
  if (token.kind !== 'word') return undefined
  const kind = wordKind(token.text, opener, next)
  if (kind === 'label') return undefined
  if (kind === 'metric') return metricHelp(token.text, known)
  const help = wordHelp(token.text, language)
  return help === undefined ? undefined : { title: help.title, badges: [help.kind], text: help.text }
}

function metricHelp(name: string, known: MetadataByMetric | undefined): HelpCard | undefined {
  const { type, help, unit } = metadataOf(known, name)
  return type === '' && help === '' ? undefined : { title: name, badges: [type, unit], text: help }
}

/** A duration in seconds and in words, a moment as a date, a large number in short. */
export function numberHelp(text: string, isMoment: boolean, language: string): HelpCard | undefined {
  const { words } = textsOf(language)
  const ms = /[a-z]$/.test(text) && !/^0x/i.test(text) ? parseDuration(text) : undefined
  if (ms !== undefined) {
    return { title: text, badges: [words.duration], text: `${seconds(ms / 1000)} · ${grouped(ms / 1000, language)} s` }
  }
  const value = Number(text.replaceAll('_', ''))
  if (!Number.isFinite(value)) return undefined
  if (isMoment) return { title: text, badges: ['@'], text: new Date(value * 1000).toISOString() }
  if (Math.abs(value) < 1000) return undefined
  const parts = [exactNumber(value) === text ? '' : exactNumber(value), grouped(value, language), shortNumber(value)]
  return { title: text, badges: [], text: [...new Set(parts.filter(Boolean))].join(' · ') }
}

/** Help under the pointer: functions, aggregations, keywords, metrics, numbers. */
export function hoverHelp(data: LanguageData, language: () => string): Extension {
  return hoverTooltip(
    async (view, pos) => {
      const found = tokenAt(view.state.doc.toString(), pos)
      if (found === undefined) return null
      const isName = found.token.kind === 'word'
      const card = helpOf(found, isName ? await data.metadata().catch(() => undefined) : undefined, language())
      if (card === undefined) return null
      return {
        pos: found.token.start,
        end: found.token.end,
        above: false,
        create: () => ({ dom: helpCard(card) }),
      }
    },
    { hoverTime: 250 },
  )
}
