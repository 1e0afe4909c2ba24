import type { LabelSet } from '../../model/labels.ts'
import type { MetricType } from '../../signals/metrics.ts'
import { parseGoFloat } from '../../core/go-number.ts'
import { isUtf8 } from './go-quote.ts'
import { COMMA } from './lexer.ts'
import type { Line } from './line.ts'
import { MalformedExposition, malformedAt } from './malformed.ts'
import { checkHistograms } from './openmetrics-histogram-lint.ts'
import { openMetricsLine, parseOpenMetricsLine } from './openmetrics-line.ts'
import { exemplarLabelsOf, labelsOf } from './page-labels.ts'

/** One sample of a family, as the rules about whole families look at it. */
export interface LintSample {
  /** What its name has more than the family's. */
  readonly suffix: string
  readonly labels: LabelSet
  readonly value: number
  /** Seconds; undefined when the line has none. */
  readonly seconds: number | undefined
}

/** Name suffixes of a type's series; other types have series of the family's own name. */
const SUFFIXES: Readonly<Partial<Record<MetricType, readonly string[]>>> = {
  counter: ['_total', '_created'],
  summary: ['', '_count', '_sum', '_created'],
  histogram: ['_count', '_sum', '_bucket', '_created'],
  gaugehistogram: ['_gcount', '_gsum', '_bucket'],
  info: ['_info'],
}
const COUNTER_LIKE: ReadonlySet<string> = new Set(['_total', '_sum', '_count', '_bucket', '_gcount', '_gsum'])
const MAX_EXEMPLAR_LENGTH = 128

/**
 * Checks a page against the whole of OpenMetrics 1.0, far beyond what a scrape asks for: types and their series, order and
 * grouping, units, exemplars, histograms. Gives the first problem, with its place, or undefined.
 * Source: OpenMetrics 1.0.0 specification; where that leaves a choice, the reference parser of the Prometheus Python client.
 */
export function lintOpenMetrics(bytes: Uint8Array): MalformedExposition | undefined {
  const lint = new PageLint(bytes)
  try {
    lint.check()
    return undefined
  } catch (error) {
    if (error instanceof MalformedExposition) return error
    throw error
  }
}

class PageLint {
  readonly #line: Line
  readonly #bytes: Uint8Array
  readonly #names = new Set<string>()
  #family: FamilyLint | undefined

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#line = openMetricsLine(bytes)
  }

  check(): void {
    if (!isUtf8(this.#bytes, 0, this.#bytes.length)) this.#fail('the page is not valid UTF-8')
    const line = this.#line
    while (parseOpenMetricsLine(line)) {
      if (line.kind === 'series') this.#sample(line)
      else this.#metadata(line)
    }
    this.#endFamily()
  }

  #metadata(line: Line): void {
    const name = line.text(line.nameStart, line.nameEnd)
    if (name !== this.#family?.name) this.#startFamily(name)
    const family = this.#family as FamilyLint
    if (family.samples.length > 0) this.#fail(`metadata of "${name}" after its samples`)
    if (family.told.has(line.kind)) this.#fail(`more than one ${line.kind} of "${name}"`)
    family.told.add(line.kind)
    if (line.kind === 'type') family.type = line.type
    if (line.kind === 'unit') family.unit = line.text(line.textStart, line.textEnd)
  }

  #sample(line: Line): void {
    if (this.#bytes[line.seriesEnd - 2] === COMMA) this.#fail('comma before the closing brace')
    // As they stand: bounds must be canonical already.
    const labels = labelsOf(line, 'unknown')
    if (this.#family?.suffixOf(labels.name) === undefined) this.#startFamily(labels.name)
    const family = this.#family as FamilyLint
    const suffix = family.suffixOf(labels.name) ?? ''
    const seconds = line.hasTimestamp ? line.seconds : undefined
    const problem =
      family.add({ suffix, labels, value: line.value, seconds }) ?? this.#exemplarProblem(line, family, suffix)
    if (problem !== undefined) this.#fail(problem)
  }

  #exemplarProblem(line: Line, { type }: FamilyLint, suffix: string): string | undefined {
    if (!line.hasExemplar) return undefined
    const bucket = (type === 'histogram' || type === 'gaugehistogram') && suffix === '_bucket'
    if (!bucket && !(type === 'counter' && suffix === '_total')) return `exemplar on a ${type}'s "${suffix}" sample`
    const labels = exemplarLabelsOf(line, line.exemplarLabels)
    const length = labels.pairs.reduce((sum, text) => sum + Array.from(text).length, 0)
    return length > MAX_EXEMPLAR_LENGTH ? `exemplar labels have ${length} characters, more than 128` : undefined
  }

  #startFamily(name: string): void {
    this.#endFamily()
    this.#family = new FamilyLint(name)
  }

  #endFamily(): void {
    const family = this.#family
    if (family === undefined) return
    for (const suffix of new Set(['', ...(SUFFIXES[family.type] ?? [])])) {
      if (this.#names.has(family.name + suffix)) this.#fail(`clashing name "${family.name}${suffix}"`)
      this.#names.add(family.name + suffix)
    }
    const problem = family.problem()
    if (problem !== undefined) this.#fail(problem)
  }

  #fail(text: string): never {
    throw malformedAt(this.#bytes, this.#line.start, text)
  }
}

/** Rules about one metric family. */
class FamilyLint {
  readonly name: string
  type: MetricType = 'unknown'
  unit = ''
  /** Kinds of metadata told. */
  readonly told = new Set<string>()
  readonly samples: LintSample[] = []
  readonly #groups = new Set<string>()
  #group: string | undefined
  #last: LintSample | undefined
  #seriesOfLastTime = new Set<string>()

  constructor(name: string) {
    this.name = name
  }

  /** What `name` has more than the family's name, or undefined when it is no series of the family. */
  suffixOf(name: string): string | undefined {
    if (!name.startsWith(this.name)) return undefined
    const suffix = name.slice(this.name.length)
    const allowed = this.told.has('type') ? (SUFFIXES[this.type] ?? ['']) : ['']
    return allowed.includes(suffix) ? suffix : undefined
  }

  /** Takes a sample in; what is wrong with it, if anything. */
  add(sample: LintSample): string | undefined {
    const problem = this.#labelProblem(sample) ?? this.#valueProblem(sample) ?? this.#orderProblem(sample)
    if (problem !== undefined) return problem
    const id = sample.labels.key()
    const sameTime = sample.seconds === this.#last?.seconds
    // The same series twice at one time may be two of different times whose digits were cut off.
    if (!sameTime || !this.#seriesOfLastTime.has(id)) this.samples.push(sample)
    this.#seriesOfLastTime.add(id)
    this.#last = sample
    return undefined
  }

  /** What is wrong with the family as a whole. */
  problem(): string | undefined {
    if (this.unit !== '' && (this.type === 'info' || this.type === 'stateset')) return `a ${this.type} has no unit`
    if (this.type !== 'histogram' && this.type !== 'gaugehistogram') return undefined
    return checkHistograms(this.samples)
  }

  #labelProblem({ suffix, labels, value }: LintSample): string | undefined {
    if (this.type === 'stateset' && !labels.has(this.name)) return `stateset without a label "${this.name}"`
    if (suffix === '_bucket' && !isBound(labels.get('le'))) return 'bucket without a proper le label'
    if (/^_(?:bucket|g?count)$/.test(suffix) && !Number.isInteger(value)) return `"${suffix}" must be an integer`
    if (this.type !== 'summary' || suffix !== '') return undefined
    const quantile = parseGoFloat(labels.get('quantile') ?? '')
    return typeof quantile === 'number' && quantile >= 0 && quantile <= 1 ? undefined : 'no quantile label from 0 to 1'
  }

  #valueProblem({ suffix, value }: LintSample): string | undefined {
    const { type } = this
    if (type === 'stateset' && value !== 0 && value !== 1) return 'a stateset is 0 or 1'
    if (type === 'info' && value !== 1) return 'an info is 1'
    if (type === 'summary' && suffix === '' && value < 0) return 'a quantile is not negative'
    if (!COUNTER_LIKE.has(suffix)) return undefined
    if (Number.isNaN(value)) return `"${suffix}" is not NaN`
    return value < 0 && suffix !== '_gsum' ? `"${suffix}" is not negative` : undefined
  }

  #orderProblem(sample: LintSample): string | undefined {
    const group = this.#groupOf(sample)
    const last = this.#last
    if (group !== this.#group) {
      if (this.#groups.has(group)) return 'samples of one metric are not together'
      this.#seriesOfLastTime = new Set()
      this.#groups.add(group)
      this.#group = group
      return undefined
    }
    if (last === undefined) return undefined
    if ((sample.seconds === undefined) !== (last.seconds === undefined))
      return 'timestamps on some samples of a metric only'
    if (this.type !== 'info' && (last.seconds ?? 0) > (sample.seconds ?? 0)) return 'timestamps of a metric go back'
    return undefined
  }

  /** Samples of one metric have the same labels, but for those that set apart its buckets, quantiles and states. */
  #groupOf({ suffix, labels }: LintSample): string {
    if (this.type === 'info') return ''
    const own =
      this.type === 'stateset'
        ? this.name
        : suffix === '_bucket'
          ? 'le'
          : this.type === 'summary' && suffix === ''
            ? 'quantile'
            : ''
    return labels.without('__name__', own).key()
  }
}

/** A number other than NaN; infinity only in its canonical form. */
function isBound(text: string | undefined): boolean {
  const bound = parseGoFloat(text ?? '')
  return typeof bound === 'number' && !Number.isNaN(bound) && (bound !== Infinity || text === '+Inf')
}
