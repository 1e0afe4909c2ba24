import { readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { printProblem } from '../../config/problem.ts'
import { messageOf } from '../../core/errors.ts'
import type { TenantId } from '../../model/tenant.ts'
import { glob } from '../../receive/discovery/glob.ts'
import { readUnitTestFile } from '../../rules/unit-test-file.ts'
import type { UnitTestFile } from '../../rules/unit-test-file.ts'
import type { TestedRuleFiles } from '../../rules/unit-test-groups.ts'
import { readRuleFiles, testedGroups } from '../../rules/unit-test-groups.ts'
import { runUnitTest } from '../../rules/unit-test.ts'
import type { UnitTestFailure } from '../../rules/unit-test.ts'
import { MemoryStore } from '../../store/memory-store.ts'
import type { Part, Terminal } from '../command.ts'
import { badUsage } from '../flags.ts'
import type { Flags } from '../flags.ts'
import { differences } from './differences.ts'
import { junitXml } from './junit.ts'
import type { TestCase, TestSuite } from './junit.ts'

export const rules: Part = {
  name: 'rules',
  summary: 'runs unit tests of recording and alerting rules, the same files that promtool takes',
  usage: '[OPTIONS] FILE...',
  about: 'Exit code 0: all tests pass; 1: some fail, or a file can not be read.',
  flags: [
    { names: ['--run'], value: 'REGEXP', summary: 'run only tests whose name matches; may be given several times' },
    { names: ['--diff'], summary: 'show what is missing and what is too much, line by line' },
    { names: ['--debug'], summary: 'tell how long each test takes, and show all samples at its end' },
    { names: ['--junit'], value: 'FILE', summary: 'write the results as JUnit XML, too' },
    { names: ['--ignore-unknown-fields'], summary: 'take rule files with keys that Prometheus does not know' },
  ],
  run: (given, terminal) => testRules(given, terminal),
}

interface Options {
  readonly run: RegExp | undefined
  readonly diff: boolean
  readonly debug: boolean
  readonly ignoreUnknownFields: boolean
}

async function testRules(given: Flags, terminal: Terminal): Promise<number> {
  if (given.rest.length === 0) throw badUsage({ problem: 'test rules needs a FILE' })
  const options: Options = {
    run: runOption(given),
    diff: given.options.has('--diff'),
    debug: given.options.has('--debug'),
    ignoreUnknownFields: given.options.has('--ignore-unknown-fields'),
  }
  const suites: TestSuite[] = []
  for (const file of given.rest) suites.push(await new FileRun(file, options, terminal).run())
  const junit = given.options.get('--junit')?.value
  if (junit !== undefined) await writeFile(junit, junitXml(suites))
  const isGood = suites.every(({ cases }) =>
    cases.every(({ failures, error }) => failures.length === 0 && error === undefined),
  )
  return isGood ? 0 : 1
}

/** promtool's: a name that any of them matches. */
function runOption(given: Flags): RegExp | undefined {
  const texts = given.all('--run')
  if (texts.length === 0) return undefined
  try {
    return new RegExp(texts.join('|'))
  } catch (error) {
    throw badUsage({ problem: `option --run: ${messageOf(error)}` })
  }
}

/** The tests of one file. */
class FileRun {
  readonly #file: string
  readonly #options: Options
  readonly #terminal: Terminal
  readonly #cases: TestCase[] = []

  constructor(file: string, options: Options, terminal: Terminal) {
    this.#file = file
    this.#options = options
    this.#terminal = terminal
  }

  async run(): Promise<TestSuite> {
    const { out, err, clock } = this.#terminal
    const time = clock.now()
    out(`Unit Testing:  ${this.#file}\n`)
    const failures = await this.#failures()
    if (failures.length === 0) out('  SUCCESS\n')
    else err(`  FAILED:\n${failures.map((text) => `${text}\n\n`).join('')}`)
    out('\n')
    return { name: this.#file, time, cases: this.#cases }
  }

  async #failures(): Promise<readonly string[]> {
    let text: string
    try {
      text = await readFile(this.#file, 'utf8')
    } catch (error) {
      return this.#abort([messageOf(error)])
    }
    const { content, problems } = readUnitTestFile(this.#file, text)
    if (content === undefined) return this.#abort(problems.map(printProblem))
    const { ignoreUnknownFields } = this.#options
    const ruleFiles = await readRuleFiles(await this.#ruleFiles(content), { ignoreUnknownFields })
    const store = new MemoryStore(this.#terminal.clock)
    const all: string[] = []
    for (const [i, test] of content.tests.entries()) {
      if (this.#options.run?.test(test.name) === false) continue
      const name = test.name === '' ? `unnamed#${i}` : test.name
      const failures = await this.#runTest(content, i, { name, store, ruleFiles })
      this.#cases.push({ name, failures })
      all.push(...failures)
    }
    return all
  }

  async #runTest(
    content: UnitTestFile,
    i: number,
    { name, store, ruleFiles }: { name: string; store: MemoryStore; ruleFiles: TestedRuleFiles },
  ): Promise<readonly string[]> {
    const { clock, err } = this.#terminal
    if (ruleFiles.problems.length > 0) return ruleFiles.problems
    const started = clock.monotonic()
    const { debug } = this.#options
    if (debug) err(`DEBUG: Starting test ${name}\n`)
    const found = await runUnitTest(
      content.tests[i] as UnitTestFile['tests'][number],
      { ...content, path: ['tests', i] },
      {
        store,
        tenant: `test-${i}` as TenantId,
        clock,
        signal: new AbortController().signal,
        groups: (surroundings) => testedGroups(ruleFiles.groups, surroundings, clock),
        ...(debug ? { dump: err } : {}),
      },
    )
    if (debug) err(`DEBUG: Test ${name} finished, took ${(clock.monotonic() - started).toFixed(3)}ms\n`)
    return found.map((failure) => this.#text(failure, content))
  }

  #text({ text, path, sides }: UnitTestFailure, { placeOf }: UnitTestFile): string {
    const { line, column } = placeOf(path)
    const told =
      this.#options.diff && sides !== undefined ? `${sides.head}\n${differences(sides.want, sides.got)}` : text
    return `${told}\n        at:  ${this.#file}:${line}:${column}`
  }

  async #ruleFiles({ ruleFiles }: UnitTestFile): Promise<readonly string[]> {
    const found: string[] = []
    for (const pattern of ruleFiles) {
      const path = resolve(dirname(this.#file), pattern)
      const files = await glob(path)
      if (files.length === 0) this.#terminal.err(`  WARNING: no file match pattern ${path}\n`)
      found.push(...files)
    }
    return found
  }

  #abort(problems: readonly string[]): readonly string[] {
    this.#cases.push({ name: 'unknown', failures: [], error: problems.join('\n') })
    return problems
  }
}
