/** The parts of `bongsu query` that ask a server. */
import type { Part, Terminal } from '../command.ts'
import { badUsage } from '../flags.ts'
import type { Flag, Flags } from '../flags.ts'
import { valueOf } from './answer.ts'
import type { Labels, RawValue, Value } from './answer.ts'
import { explainText } from './explain-text.ts'
import type { ExplainedPart } from './explain-text.ts'
import { notesText, refusalText } from './notes.ts'
import { jsonText, labelsJson } from './print-json.ts'
import { labelSetText, promqlText } from './print-promql.ts'
import { csv, csvText, labelSetsCsv, labelSetsTable, tableText } from './print-table.ts'
import { isServer, SERVER_FLAGS } from './server-flags.ts'
import type { Answered } from './server.ts'
import { parseStep, parseTime } from './times.ts'

const FORMATS = ['promql', 'json', 'table', 'csv'] as const
type Format = (typeof FORMATS)[number]

const FORMAT: Flag = {
  names: ['--format', '-o'],
  value: 'FORMAT',
  summary: `how to print: ${FORMATS.join(', ')} (promql)`,
}
const EXPLAIN: Flag = { names: ['--explain'], summary: 'print what each part of the query did, too (Bongsu only)' }
const MATCH: Flag = {
  names: ['--match'],
  value: 'SELECTOR',
  summary: 'only of series that match; may be given several times',
}
const time = (name: string, what: string): Flag => ({
  names: [name],
  value: 'TIME',
  summary: `${what}: RFC 3339, seconds since 1970, now, now-1h`,
})
const WITH_SERVER = 'The server may also stand before the expression, as promtool has it.'

export const instant: Part = {
  name: 'instant',
  summary: 'evaluates a query at one time',
  usage: '[OPTIONS] EXPR',
  about: WITH_SERVER,
  flags: [...SERVER_FLAGS, FORMAT, time('--time', 'when (now)'), EXPLAIN],
  run: async (given, terminal) => {
    const [query, server] = queryAndServer(given)
    const at = timeOf(given, '--time', terminal) ?? terminal.clock.now()
    const params = new URLSearchParams({ query, time: String(at / 1000) })
    return evaluated(given, terminal, { path: 'query', query, server, params })
  },
}

export const range: Part = {
  name: 'range',
  summary: 'evaluates a query at each step of a time range',
  usage: '[OPTIONS] EXPR',
  about: WITH_SERVER,
  flags: [
    ...SERVER_FLAGS,
    FORMAT,
    time('--start', 'first step (5m before the end)'),
    time('--end', 'last step (now)'),
    { names: ['--step'], value: 'DURATION', summary: 'distance of steps (so that there are about 250)' },
    EXPLAIN,
  ],
  run: async (given, terminal) => {
    const [query, server] = queryAndServer(given)
    const end = timeOf(given, '--end', terminal) ?? terminal.clock.now()
    const start = timeOf(given, '--start', terminal) ?? end - 300_000
    if (start >= end) throw badUsage({ problem: 'start time is not before end time' })
    const wanted = given.options.get('--step')?.value
    const step = wanted === undefined ? defaultStep(start, end) : parseStep(wanted, '--step') / 1000
    const params = new URLSearchParams({
      query,
      start: String(start / 1000),
      end: String(end / 1000),
      step: String(step),
    })
    return evaluated(given, terminal, { path: 'query_range', query, server, params })
  },
}

export const series: Part = {
  name: 'series',
  summary: 'lists series that match a selector',
  usage: '[OPTIONS] SELECTOR...',
  about: WITH_SERVER,
  flags: [...SERVER_FLAGS, FORMAT, MATCH, time('--start', 'from when'), time('--end', 'until when')],
  run: async (given, terminal) => {
    const [server, ...selectors] = serverFirst(given)
    const matches = [...given.all('--match'), ...selectors]
    if (matches.length === 0) throw badUsage({ problem: 'query series needs a SELECTOR' })
    return listed(
      given,
      terminal,
      { path: 'series', server, matches, method: 'POST' },
      {
        promql: (data) => (data as readonly Labels[]).map((labels) => `${labelSetText(labels)}\n`).join(''),
        json: (data) => `[${(data as readonly Labels[]).map(labelsJson).join(',')}]\n`,
        table: (data) => labelSetsTable(data as readonly Labels[]),
        csv: (data) => labelSetsCsv(data as readonly Labels[]),
      },
    )
  },
}

export const labels: Part = {
  name: 'labels',
  summary: 'lists the values of a label, or all label names',
  usage: '[OPTIONS] [NAME]',
  about: WITH_SERVER,
  flags: [...SERVER_FLAGS, FORMAT, MATCH, time('--start', 'from when'), time('--end', 'until when')],
  run: async (given, terminal) => {
    const [server, name] = serverFirst(given)
    const path = name === undefined ? 'labels' : `label/${encodeURIComponent(name)}/values`
    const lines = (data: unknown): string => (data as readonly string[]).map((text) => `${text}\n`).join('')
    return listed(
      given,
      terminal,
      { path, server, matches: given.all('--match'), method: 'GET' },
      {
        promql: lines,
        json: (data) => `${JSON.stringify(data)}\n`,
        table: lines,
        csv: (data) => csv([[name ?? 'label'], ...(data as readonly string[]).map((text) => [text])]),
      },
    )
  },
}

interface Asked {
  readonly path: string
  readonly query: string
  readonly server: string | undefined
  readonly params: URLSearchParams
}

async function evaluated(given: Flags, terminal: Terminal, { path, query, server, params }: Asked): Promise<number> {
  const print = PRINTERS[formatOf(given)]
  const explain = given.options.has('--explain')
  if (explain) params.set('explain', 'true')
  const answer = await asked(given, terminal, { path, server, params, method: 'POST' }, query)
  if (answer === undefined) return 1
  const data = answer.data as RawValue & { readonly explain?: ExplainedPart }
  terminal.out(print(valueOf(data)))
  if (!explain) return 0
  if (data.explain !== undefined) terminal.out(`\n${explainText(data.explain)}`)
  else terminal.err('warning: the server does not explain queries\n')
  return 0
}

const PRINTERS: Readonly<Record<Format, (value: Value) => string>> = {
  promql: (value) => `${promqlText(value)}\n`,
  json: (value) => `${jsonText(value)}\n`,
  table: tableText,
  csv: csvText,
}

async function listed(
  given: Flags,
  terminal: Terminal,
  {
    path,
    server,
    matches,
    method,
  }: { path: string; server: string | undefined; matches: readonly string[]; method: 'GET' | 'POST' },
  printers: Readonly<Record<Format, (data: unknown) => string>>,
): Promise<number> {
  const print = printers[formatOf(given)]
  const params = new URLSearchParams(matches.map((match): [string, string] => ['match[]', match]))
  for (const name of ['start', 'end']) {
    const at = timeOf(given, `--${name}`, terminal)
    if (at !== undefined) params.set(name, String(at / 1000))
  }
  const answer = await asked(
    given,
    terminal,
    { path, server, params, method },
    matches.length === 1 ? (matches[0] ?? '') : '',
  )
  if (answer === undefined) return 1
  terminal.out(print(answer.data))
  return 0
}

/** The answer, its notes being printed; undefined when the server refused, which is printed too. */
async function asked(
  given: Flags,
  terminal: Terminal,
  call: { path: string; server: string | undefined; params: URLSearchParams; method: 'GET' | 'POST' },
  query: string,
): Promise<Answered | undefined> {
  // The HTTP client is loaded only where one is needed.
  const { serverOf } = await import('./server.ts')
  const server = await serverOf(given, call.server, terminal)
  try {
    const outcome = await server.ask(call.path, call.params, call.method)
    if ('refusal' in outcome) terminal.err(refusalText(query, outcome.refusal))
    else terminal.err(notesText(query, outcome.answer))
    return 'answer' in outcome ? outcome.answer : undefined
  } finally {
    await server.close()
  }
}

function queryAndServer(given: Flags): [query: string, server: string | undefined] {
  const [server, query, ...more] = serverFirst(given)
  if (query === undefined) throw badUsage({ problem: 'query what? There is no EXPR' })
  if (more.length > 0) throw badUsage({ problem: `one EXPR, not ${more.length + 1}: quote it for the shell` })
  return [query, server]
}

function serverFirst({ options, rest }: Flags): [server: string | undefined, ...rest: string[]] {
  const [first] = rest
  return first !== undefined && !options.has('--url') && isServer(first)
    ? [first, ...rest.slice(1)]
    : [undefined, ...rest]
}

function timeOf({ options }: Flags, name: string, { clock }: Terminal): number | undefined {
  const text = options.get(name)?.value
  return text === undefined ? undefined : parseTime(text, name, clock.now())
}

/** In seconds, as promtool chooses it. */
function defaultStep(start: number, end: number): number {
  return Math.max(1, Math.floor((end - start) / 1000 / 250))
}

function formatOf({ options }: Flags): Format {
  const wanted = options.get('--format')?.value ?? 'promql'
  const format = FORMATS.find((one) => one === wanted)
  if (format === undefined)
    throw badUsage({ problem: `option --format: there is ${FORMATS.join(', ')}, not ${JSON.stringify(wanted)}` })
  return format
}
