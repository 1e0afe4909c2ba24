/**
 * The language of Prometheus' PromQL test scripts (`.test`): commands that clear the store, load series, and evaluate queries
 * with what they must give. Follows promql/promqltest/test.go@v3.14.
 */
import type { LabelSet } from '../../../src/model/labels.ts'
import type { NativeHistogram } from '../../../src/model/histogram.ts'
import { parseEval } from './eval-command.ts'
import { parseLoad } from './load-command.ts'
import { ScriptLines } from './script-lines.ts'
import type { SequenceValue } from '../../../src/query/promql/series-line.ts'
import type { TextPattern } from './text-pattern.ts'

export type Command = ClearCommand | LoadCommand | EvalCommand

/** Empties the store. */
export interface ClearCommand {
  readonly kind: 'clear'
  readonly line: number
}

/** Adds series to the store; a label set comes once. */
export interface LoadCommand {
  readonly kind: 'load'
  readonly line: number
  /** Classic histograms are loaded as native histograms with custom buckets too. */
  readonly withNhcb: boolean
  readonly series: readonly LoadedSeries[]
}

export interface LoadedSeries {
  readonly labels: LabelSet
  readonly samples: readonly LoadedSample[]
}

export interface LoadedSample {
  /** UnixMs. */
  readonly timestamp: number
  /** UnixMs, 0 = unknown. */
  readonly start: number
  readonly value: number | NativeHistogram
}

/** Evaluates a query; times are UnixMs. */
export interface EvalCommand {
  readonly kind: 'eval'
  readonly line: number
  readonly query: string
  readonly isRange: boolean
  /** When an instant query is evaluated. */
  readonly time: number
  /** The times of the expected points; of an instant query only when it returns a range vector. */
  readonly start: number
  readonly end: number
  readonly step: number
  readonly expected: Expected
  readonly ordered: boolean
  /** The query must fail, with such a message. */
  readonly fail: TextPattern | undefined
  readonly warnings: AnnotationExpectation
  readonly infos: AnnotationExpectation
  /** Its result is no instant vector or scalar: it can't be compared with a point of a range query. */
  readonly onlyInstant: boolean
}

/** No pattern = not looked at, unless `none` or `some` says so. */
export interface AnnotationExpectation {
  readonly none: boolean
  /** At least one, whatever it says. */
  readonly some: boolean
  /** Each matches at least one annotation, and each annotation matches at least one of them. */
  readonly patterns: readonly TextPattern[]
}

export type Expected =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'series'; readonly series: readonly ExpectedSeries[] }

export interface ExpectedSeries {
  readonly labels: LabelSet
  readonly values: readonly SequenceValue[]
}

/** Throws a `ScriptError` for what is no script. Queries are left as text. */
export function parseScript(text: string): readonly Command[] {
  const lines = new ScriptLines(text)
  const commands: Command[] = []
  while (lines.skipEmpty()) {
    const word = (/^[^\t ]*/.exec(lines.current)?.[0] ?? '').toLowerCase()
    if (word === 'clear') {
      commands.push({ kind: 'clear', line: lines.number })
      lines.advance()
    } else if (word.startsWith('load')) commands.push(parseLoad(lines))
    else if (word.startsWith('eval')) commands.push(parseEval(lines))
    else throw lines.error(`invalid command ${JSON.stringify(lines.current)}`)
  }
  return commands
}
