/** The labels of one series. Follows metric and label_set, promql/parser/generated_parser.y@v3.14. */
import { METRIC_NAME } from '../../../model/labels.ts'
import { unquote } from '../../../core/go-unquote.ts'
import { canNameMetric } from './token.ts'
import type { TokenReader } from './token-reader.ts'

const CONTEXT = 'label set'

/** Reads `name{label="value", ...}`, where either half may be missing, even both. */
export function readMetric(reader: TokenReader): ReadonlyMap<string, string> {
  const labels = new Map<string, string>()
  const name = canNameMetric(reader.peek()) ? reader.word : undefined
  if (name !== undefined) reader.shift()
  if (reader.take('{')) readLabelSet(reader, labels)
  if (name !== undefined) labels.set(METRIC_NAME, name)
  return labels
}

function readLabelSet(reader: TokenReader, labels: Map<string, string>): void {
  if (reader.take('}')) return
  readLabel(reader, labels)
  while (!closed(reader)) {
    if (reader.take('}')) return
    readLabel(reader, labels)
  }
}

function closed(reader: TokenReader): boolean {
  for (;;) {
    if (reader.take('}')) return true
    if (reader.take(',')) return false
    if (!reader.drops()) reader.recover(CONTEXT, '"," or "}"')
  }
}

function readLabel(reader: TokenReader, labels: Map<string, string>): void {
  for (;;) {
    const kind = reader.peek()
    if (kind === 'identifier' || kind === 'string') break
    if (!reader.drops()) return reader.recover(CONTEXT, 'identifier or "}"')
  }
  const isQuoted = reader.peek() === 'string'
  const name = isQuoted ? unquote(reader.word) : reader.word
  reader.shift()
  if (!reader.take('=')) {
    if (isQuoted) labels.set(METRIC_NAME, name)
    else if (!reader.drops()) reader.recover(CONTEXT, '"="')
    return
  }
  while (reader.peek() !== 'string') {
    if (!reader.drops()) return reader.recover(CONTEXT, 'string')
  }
  labels.set(name, unquote(reader.word))
  reader.shift()
}
