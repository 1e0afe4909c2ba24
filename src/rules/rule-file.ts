/** Reads rule files, and tells everything that is wrong with one at once. Follows prometheus/model/rulefmt@v3.14. */
import type { Path, Problem } from '../config/problem.ts'
import { quote } from '../core/go-text.ts'
import type { DurationMs } from '../core/time.ts'
import { durationMs } from '../core/time.ts'
import { compareLabelSets, LabelSet } from '../model/labels.ts'
import type { NameScheme } from '../model/names.ts'
import type { Expression } from '../query/promql/syntax/ast.ts'
import type { ParserOptions } from '../query/promql/syntax/options.ts'
import { compareUtf8 } from '../core/utf8.ts'
import { checkLabels, checkRule } from './file/checks.ts'
import type { GivenRule, Report } from './file/checks.ts'
import { YamlReader } from './file/yaml-reader.ts'

export interface RuleFileOptions {
  /** `utf8` when left out. */
  readonly nameScheme?: NameScheme
  /** Which experimental parts of the language are open; all by default. */
  readonly parser?: ParserOptions
  /** Keys that rule files don't know are passed over in silence. */
  readonly ignoreUnknownFields?: boolean
}

export interface RuleFile {
  /** In order of the file; rules with an expression that is none are left out. Not to be used when there are errors. */
  readonly groups: readonly RuleGroupSpec[]
  readonly problems: readonly Problem[]
}

export interface RuleGroupSpec {
  readonly name: string
  readonly file: string
  /** Undefined: the global evaluation interval. */
  readonly interval: DurationMs | undefined
  /** Undefined: the global query offset. */
  readonly queryOffset: DurationMs | undefined
  /** Series that a rule may produce; 0 = any number. */
  readonly limit: number
  /** Of all rules of the group; those of a rule go before them. */
  readonly labels: ReadonlyMap<string, string>
  readonly rules: readonly RuleSpec[]
}

interface CommonSpec {
  /** The series of a recording rule, the `alertname` of an alert. */
  readonly name: string
  /** The query as it was written, and read. */
  readonly query: string
  readonly expression: Expression
  /** Of the group and the rule. Templates of alerts are not expanded here. */
  readonly labels: ReadonlyMap<string, string>
}

export interface RecordingSpec extends CommonSpec {
  readonly kind: 'recording'
}

export interface AlertingSpec extends CommonSpec {
  readonly kind: 'alerting'
  /** How long the condition must hold until the alert fires. */
  readonly for: DurationMs
  /** How long the alert goes on firing when the condition no longer holds. */
  readonly keepFiringFor: DurationMs
  readonly annotations: ReadonlyMap<string, string>
}

export type RuleSpec = RecordingSpec | AlertingSpec

const GROUP_KEYS = ['name', 'interval', 'query_offset', 'limit', 'rules', 'labels']
const RULE_KEYS = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations']

/** Reads a rule file; `file` is what problems name. Never throws. */
export function parseRuleFile(file: string, text: string, options: RuleFileOptions = {}): RuleFile {
  const { content, next } = firstDocument(text)
  const reader = new YamlReader(file, content)
  const groups = new FileReader(reader, options).groups()
  const problems = [...reader.problems]
  if (next !== undefined) {
    const message = 'Multiple document yaml rules files are not supported, only the first document is processed'
    problems.push({ severity: 'warning', file, line: next, column: 1, path: '', message })
  }
  return { groups, problems }
}

/** The text of the first YAML document, and the line in which another one begins. */
function firstDocument(text: string): { readonly content: string; readonly next: number | undefined } {
  for (const { index } of text.matchAll(/^---(?=\s|$)/gm)) {
    const before = text.slice(0, index)
    const isBegun = before.split('\n').some((line) => /^[^\s#%]|^\s+[^\s#]/.test(line))
    if (isBegun) return { content: before, next: before.split('\n').length }
  }
  return { content: text, next: undefined }
}

class FileReader {
  readonly #reader: YamlReader
  readonly #options: RuleFileOptions

  constructor(reader: YamlReader, options: RuleFileOptions) {
    this.#reader = reader
    this.#options = options
  }

  groups(): readonly RuleGroupSpec[] {
    const root = this.#mapping(this.#reader.root, [], 'rulefmt.RuleGroups', ['groups'])
    const list = this.#reader.list(root?.['groups'], ['groups'], '[]rulefmt.RuleGroup')
    const names = new Set<string>()
    return list.map((value, i) => {
      const group = this.#group(value, ['groups', i])
      if (group.name === '') this.#reader.report(['groups', i], 'Groupname must not be empty')
      if (names.has(group.name)) {
        this.#reader.report(['groups', i, 'name'], `groupname: "${group.name}" is repeated in the same file`)
      }
      names.add(group.name)
      return group
    })
  }

  #mapping(value: unknown, path: Path, type: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
    const known = this.#options.ignoreUnknownFields === true ? undefined : keys
    return this.#reader.mapping(value, path, type, known) ?? {}
  }

  get #checks(): { nameScheme: NameScheme; parser: ParserOptions | undefined } {
    return { nameScheme: this.#options.nameScheme ?? 'utf8', parser: this.#options.parser }
  }

  #group(value: unknown, path: Path): RuleGroupSpec {
    const reader = this.#reader
    const given = this.#mapping(value, path, 'rulefmt.RuleGroup', GROUP_KEYS)
    const name = reader.text(given['name'], [...path, 'name'])
    const labels = reader.texts(given['labels'], [...path, 'labels'])
    checkLabels(labels, this.#checks, (at, message, what) => reader.report([...path, ...at], message, what))
    const list = reader.list(given['rules'], [...path, 'rules'], '[]rulefmt.Rule')
    const rules = list.flatMap((one, i) => this.#rule(one, { group: name, labels, i, path: [...path, 'rules', i] }))
    const interval = reader.duration(given['interval'], [...path, 'interval'])
    return {
      name,
      file: reader.file,
      interval: interval === 0 ? undefined : interval,
      queryOffset: reader.duration(given['query_offset'], [...path, 'query_offset']),
      limit: reader.integer(given['limit'], [...path, 'limit']),
      labels,
      rules,
    }
  }

  #rule(value: unknown, place: RulePlace): readonly RuleSpec[] {
    const rule = this.#givenRule(value, place.path)
    const name = rule.alert === '' ? rule.record : rule.alert
    const head = `group ${quote(place.group)}, rule ${place.i + 1}, ${quote(name)}`
    const report: Report = (at, message, what) => {
      this.#reader.report([...place.path, ...at], `${head}: ${message}`, what)
    }
    const expression = checkRule(rule, this.#checks, report)
    if (expression === undefined) return []
    const common = { name, query: rule.expr, expression, labels: new Map([...place.labels, ...rule.labels]) }
    if (rule.alert === '') return [{ kind: 'recording', ...common }]
    const { for: hold, keepFiringFor, annotations } = rule
    return [
      {
        kind: 'alerting',
        ...common,
        for: durationMs(hold),
        keepFiringFor: durationMs(keepFiringFor),
        annotations,
      },
    ]
  }

  #givenRule(value: unknown, path: Path): GivenRule {
    const reader = this.#reader
    const given = this.#mapping(value, path, 'rulefmt.Rule', RULE_KEYS)
    const text = (key: string): string => reader.text(given[key], [...path, key])
    return {
      record: text('record'),
      alert: text('alert'),
      expr: text('expr'),
      for: reader.duration(given['for'], [...path, 'for']) ?? 0,
      keepFiringFor: reader.duration(given['keep_firing_for'], [...path, 'keep_firing_for']) ?? 0,
      labels: reader.texts(given['labels'], [...path, 'labels']),
      annotations: reader.texts(given['annotations'], [...path, 'annotations']),
    }
  }
}

interface RulePlace {
  readonly group: string
  readonly labels: ReadonlyMap<string, string>
  readonly i: number
  readonly path: Path
}

/** What rules of one name and labels would both write. */
export interface DuplicateRule {
  readonly name: string
  readonly labels: LabelSet
}

/** Rules that are there more than once, each told once, in order of name and labels. Follows checkDuplicates, promtool@v3.14. */
export function duplicateRules(groups: readonly RuleGroupSpec[]): readonly DuplicateRule[] {
  const all = groups
    .flatMap(({ rules }) => rules.map(({ name, labels }) => ({ name, labels: LabelSet.from(labels) })))
    .sort((a, b) => compareUtf8(a.name, b.name) || compareLabelSets(a.labels, b.labels))
  const isSame = (a: DuplicateRule | undefined, b: DuplicateRule): boolean =>
    a !== undefined && a.name === b.name && a.labels.equals(b.labels)
  const repeated = all.filter((rule, i) => isSame(all[i - 1], rule))
  return repeated.filter((rule, i) => !isSame(repeated[i - 1], rule))
}
