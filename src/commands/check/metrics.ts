import { readFile } from 'node:fs/promises'
import { MalformedExposition } from '../../codec/exposition/malformed.ts'
import { lintFamilies } from '../../codec/exposition/metric-lint.ts'
import { lintOpenMetrics } from '../../codec/exposition/openmetrics-lint.ts'
import { formatOfPage, readFamilies } from '../../codec/exposition/read-families.ts'
import type { PageFamily } from '../../codec/exposition/read-families.ts'
import { messageOf } from '../../core/errors.ts'
import { compareUtf8 } from '../../core/utf8.ts'
import type { Part, Terminal } from '../command.ts'
import { badUsage } from '../flags.ts'

export const metrics: Part = {
  name: 'metrics',
  summary: 'reads pages of metrics, and tells what is against the conventions of Prometheus',
  usage: '[OPTIONS] [FILE...]',
  about:
    'Without a FILE, or with -, the page comes from the standard input:\n' +
    '  curl -s http://127.0.0.1:9095/metrics | bongsu check metrics --extended\n\n' +
    'A page that ends in # EOF is read as OpenMetrics, by the rules of its specification.\n' +
    'Exit code 0: all is well; 1: a page can not be read; 3: there is something to improve.',
  flags: [
    { names: ['--extended'], summary: 'print how many series each metric has, too' },
    { names: ['--lint'], value: 'WHAT', summary: 'all, or none (all)' },
  ],
  run: async ({ options, rest }, terminal) => {
    const isExtended = options.has('--extended')
    const lint = options.get('--lint')?.value ?? 'all'
    if (!['all', 'none'].includes(lint))
      throw badUsage({ problem: `option --lint: there is all and none, not ${JSON.stringify(lint)}` })
    if (lint === 'none' && !isExtended)
      throw badUsage({ problem: 'at least one of --extended or linting must be enabled' })
    let worst = 0
    for (const file of rest.length === 0 ? ['-'] : rest) {
      const code = await checkPage(file, { isExtended, isLinted: lint !== 'none' }, terminal)
      worst = worst === 1 || code === 1 ? 1 : Math.max(worst, code)
    }
    return worst
  },
}

interface Wanted {
  readonly isExtended: boolean
  readonly isLinted: boolean
}

async function checkPage(file: string, { isExtended, isLinted }: Wanted, terminal: Terminal): Promise<number> {
  const name = file === '-' ? 'standard input' : file
  try {
    const bytes = file === '-' ? await terminal.input() : await readFile(file)
    const format = formatOfPage(bytes)
    const families = readFamilies(bytes, format)
    const broken = isLinted && format === 'openmetrics' ? lintOpenMetrics(bytes) : undefined
    if (broken !== undefined) throw broken
    const problems = isLinted ? lintFamilies(families) : []
    for (const { metric, text } of problems) terminal.err(`${metric} ${text}\n`)
    if (isExtended) terminal.out(cardinalityText(families))
    return problems.length > 0 ? 3 : 0
  } catch (error) {
    const place = error instanceof MalformedExposition ? `${name}:${error.line}` : name
    terminal.err(`error while linting: ${place}: ${messageOf(error)}\n`)
    return 1
  }
}

/** Series of each metric, most first, in promtool's columns. */
function cardinalityText(families: readonly PageFamily[]): string {
  const counts = families
    .map((family) => ({ name: family.name, count: seriesOf(family) }))
    .sort((a, b) => b.count - a.count || compareUtf8(a.name, b.name))
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  const rows = [
    ['Metric', 'Cardinality', 'Percentage'],
    ...counts.map(({ name, count }) => [name, String(count), `${((count / total) * 100).toFixed(2)}%`]),
    ['Total', String(total), '100%'],
  ]
  const widths = [0, 1, 2].map((i) => Math.max(...rows.map((row) => (row[i] ?? '').length)) + 4)
  return rows.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('')}\n`).join('')
}

/** As promtool counts: the first metric tells how many buckets or quantiles all of them have. */
function seriesOf({ type, metrics: all }: PageFamily): number {
  const isComposed = type === 'histogram' || type === 'gaugehistogram' || type === 'summary'
  return isComposed ? all.length * (2 + (all[0]?.parts ?? 0)) : all.length
}
