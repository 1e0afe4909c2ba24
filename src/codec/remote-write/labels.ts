/** Label sets from remote write messages: the slow half, for series seen for the first time. */
import { isUtf8 } from 'node:buffer'
import type { Buffer } from 'node:buffer'
import { compareUtf8 } from '../../core/utf8.ts'
import { LabelSet, METRIC_NAME } from '../../model/labels.ts'
import type { Rejection } from '../../signals/ingest.ts'
import { ProtoReader } from '../protobuf.ts'
import type { Walk } from './walk.ts'

export type LabelsOutcome = LabelSet | Rejection

/** Labels of version 1: those among the fields in `[start, end)`, which may be a whole TimeSeries. */
export function readLabels(bytes: Buffer, start: number, end: number): LabelsOutcome {
  const pairs: string[] = []
  const reader = new ProtoReader(bytes, start, end)
  while (reader.next()) {
    if (reader.field !== 1) {
      reader.skip()
      continue
    }
    const outer = reader.enter()
    if (!readPair(reader, bytes, pairs)) return notUtf8(pairs)
    reader.leave(outer)
  }
  return labelSetOf(pairs)
}

function readPair(reader: ProtoReader, bytes: Buffer, pairs: string[]): boolean {
  let name: string | undefined = ''
  let value: string | undefined = ''
  while (reader.next()) {
    if (reader.field > 2) {
      reader.skip()
      continue
    }
    const at = reader.range()
    const text = textOf(bytes, at, reader.pos)
    if (reader.field === 1) name = text
    else value = text
  }
  pairs.push(name ?? '\uFFFD', value ?? '\uFFFD')
  return name !== undefined && value !== undefined
}

/** Undefined when the bytes are not UTF-8. */
export function textOf(bytes: Buffer, start: number, end: number): string | undefined {
  const text = bytes.toString('utf8', start, end)
  // Only a text with a replacement character can have been invalid.
  return text.includes('\uFFFD') && !isUtf8(bytes.subarray(start, end)) ? undefined : text
}

/** The strings of one version 2 message, made when asked for. */
export class Symbols {
  readonly #walk: Walk
  readonly #texts: (string | undefined)[] = []

  constructor(walk: Walk) {
    this.#walk = walk
  }

  get size(): number {
    return this.#walk.symbols.length / 3
  }

  /** Undefined when the symbol is not UTF-8, or there is none of this number. */
  text(ref: number): string | undefined {
    if (ref >= this.size) return undefined
    const known = this.#texts[ref]
    if (known !== undefined) return known
    const start = this.#walk.symbols[ref * 3] as number
    const text = textOf(this.#walk.bytes, start, start + (this.#walk.symbols[ref * 3 + 1] as number))
    this.#texts[ref] = text
    return text
  }

  /** The label set that `refs` spell: name, value, name, value ... */
  labels(refs: readonly number[]): LabelsOutcome {
    if (refs.length % 2 === 1) return invalid(`a label has no value: odd number of label references (${refs.length})`)
    const pairs: string[] = []
    for (const ref of refs) {
      if (ref >= this.size) return invalid(`label reference ${ref} is beyond the ${this.size} symbols`)
      const text = this.text(ref)
      if (text === undefined) return notUtf8(pairs)
      pairs.push(text)
    }
    return labelSetOf(pairs)
  }
}

/** The label references of a version 2 TimeSeries or Exemplar in `[start, end)`. */
export function readRefs(bytes: Buffer, start: number, end: number): number[] {
  const refs: number[] = []
  const reader = new ProtoReader(bytes, start, end)
  while (reader.next()) {
    if (reader.field === 1) reader.uint32s(refs)
    else reader.skip()
  }
  return refs
}

/** Checks what makes pairs a label set, except for the metric's name: see `checkName`. */
export function labelSetOf(pairs: string[]): LabelsOutcome {
  if (!isSorted(pairs)) sortPairs(pairs)
  let empty = false
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i] === '') return invalid(`${describe(pairs)}: a label has an empty name`)
    if (i > 0 && pairs[i] === pairs[i - 2]) return invalid(`${describe(pairs)}: duplicate label ${quote(pairs[i])}`)
    if (pairs[i + 1] === '') empty = true
  }
  return LabelSet.fromSorted(empty ? withoutEmpty(pairs) : pairs)
}

/** A series must have a name. */
export function checkName(labels: LabelsOutcome): LabelsOutcome {
  if (!(labels instanceof LabelSet) || labels.has(METRIC_NAME)) return labels
  return invalid(`${labels.toString()}: the metric name is missing`)
}

function isSorted(pairs: readonly string[]): boolean {
  for (let i = 2; i < pairs.length; i += 2) {
    if (compareUtf8(pairs[i - 2] as string, pairs[i] as string) > 0) return false
  }
  return true
}

function sortPairs(pairs: string[]): void {
  const entries: [string, string][] = []
  for (let i = 0; i < pairs.length; i += 2) entries.push([pairs[i] as string, pairs[i + 1] as string])
  entries.sort((a, b) => compareUtf8(a[0], b[0]))
  for (const [i, [name, value]] of entries.entries()) {
    pairs[i * 2] = name
    pairs[i * 2 + 1] = value
  }
}

function withoutEmpty(pairs: readonly string[]): string[] {
  return pairs.filter((_, i) => pairs[i | 1] !== '')
}

function notUtf8(pairs: readonly string[]): Rejection {
  return invalid(`${describe(pairs)}: a label is not valid UTF-8`)
}

function invalid(message: string): Rejection {
  return { code: 'invalid_labels', message: message.slice(0, 1000) }
}

function describe(pairs: readonly string[]): string {
  const shown = pairs.slice(0, 40)
  const text = shown.map((part, i) => (i % 2 === 0 ? `${i > 0 ? ', ' : ''}${part}=` : quote(part))).join('')
  return `{${text}}`
}

function quote(text: string | undefined): string {
  return JSON.stringify(text ?? '')
}
