/** docs/reference/config.md: every key of every section, out of the schemas that check a file. */
import { z } from 'zod'
import { SECTIONS } from '../../src/app-config/sections.ts'
import { CONFIG_ENV, CONFIG_FLAGS, SETTINGS } from '../../src/app-config/settings.ts'
import { metaOf, shapeOf, unwrapped } from '../../src/config/schema-walk.ts'
import { relabelSchema } from '../../src/pipeline/relabel/config.ts'
import { foreignSdShape } from '../../src/receive/discovery/foreign.ts'
import { discoveryShape } from '../../src/receive/discovery/shape.ts'
import { httpClientShape, tlsConfigSchema } from '../../src/receive/http-client/config.ts'
import { code, heading, table } from './markdown.ts'

type Keys = Readonly<Record<string, z.ZodType>>

/** Groups of keys that stand in several places: told once, and linked. */
const GROUPS: readonly { readonly title: string; readonly anchor: string; readonly keys: Keys }[] = [
  { title: 'Finding targets', anchor: 'finding-targets', keys: discoveryShape },
  { title: 'HTTP client', anchor: 'http-client', keys: httpClientShape },
]
/** Objects that stand in several places, likewise. */
const OBJECTS: readonly { readonly title: string; readonly anchor: string; readonly schema: z.ZodType }[] = [
  { title: 'Relabeling rule', anchor: 'relabeling-rule', schema: relabelSchema },
  { title: 'TLS', anchor: 'tls', schema: tlsConfigSchema },
]

export function configPage(): string {
  const sections = Object.values(SECTIONS).map(({ key, summary, reload, schema }) => {
    const effect = reload === 'live' ? 'A reload applies changes.' : 'Changes need a restart.'
    const why = metaOf(schema).notActedOn?.why
    const idle = why === undefined ? '' : ` Read and checked, but ${why}.`
    return `## ${key}\n\n${summary} ${effect}${idle}\n\n${describeSchema(schema)}`
  })
  const groups = GROUPS.map(({ title, keys }) => `## ${title}\n\n${keyTable(rowsOf(keys, ''))}`)
  const objects = OBJECTS.map(({ title, schema }) => `## ${title}\n\n${describeSchema(schema)}`)
  const intro =
    'A file has these sections at its top; a `prometheus.yml` is such a file. Unknown keys are refused. ' +
    '`bongsu check config FILE` tells what is wrong with one. Durations are written `15s`, `1h30m`; sizes `512MB`, `4GiB`, ' +
    'both in powers of 1024. Paths of files start at the folder of the file that names them.\n\n'
  const all = [intro + settings(), ...sections, ...groups, ...objects]
  return `${heading('Configuration', 'the schemas of the sections')}${all.join('\n')}`
}

function settings(): string {
  const rows = SETTINGS.map(({ path, env, flags, summary }) => [
    code(path.join('.')),
    code(env),
    flags.map(code).join(', '),
    summary,
  ])
  const file = [
    '(the file itself)',
    code(CONFIG_ENV),
    CONFIG_FLAGS.map(code).join(', '),
    'configuration file; else `bongsu.yml`',
  ]
  const head = ['key', 'environment', 'command line', 'meaning']
  return `The command line wins over the environment, the environment over the file.\n\n${table(head, [file, ...rows])}`
}

function describeSchema(schema: z.ZodType): string {
  const shape = shapeOf(schema)
  if (shape.kind === 'list') {
    const item = shapeOf(shape.item)
    return item.kind === 'object'
      ? `A list; each entry has:\n\n${keyTable(rowsOf(item.keys, ''))}`
      : `${typeOf(schema)}.\n`
  }
  return shape.kind === 'object' ? keyTable(rowsOf(shape.keys, '')) : `${typeOf(schema)}.\n`
}

function keyTable(rows: readonly (readonly string[])[]): string {
  return table(['key', 'type', 'default', 'meaning'], rows)
}

function rowsOf(keys: Keys, prefix: string): string[][] {
  const groups = GROUPS.filter((group) => group.keys !== keys && contains(keys, group.keys))
  const grouped = new Set(groups.flatMap((group) => Object.keys(group.keys)))
  const links = groups.map(({ title, anchor }) => [`${prefix}...`, '', '', `the keys of [${title}](#${anchor})`])
  const own = Object.entries(keys)
    .filter(([key, schema]) => !(grouped.has(key) && GROUPS.some((group) => group.keys[key] === schema)))
    .flatMap(([key, schema]) => rowsOfKey(key, schema, prefix))
  return [...own, ...links]
}

function rowsOfKey(key: string, schema: z.ZodType, prefix: string): string[][] {
  const row = [code(prefix + key), typeOf(schema), defaultOf(schema), descriptionOf(schema)]
  if (key in foreignSdShape || linkOf(schema) !== undefined) return [row]
  let at = `${prefix}${key}.`
  let inner = shapeOf(schema)
  for (;;) {
    if (inner.kind === 'object') return [row, ...rowsOf(inner.keys, at)]
    if (inner.kind === 'value') return [row]
    at = inner.kind === 'list' ? at.replace(/\.$/, '[].') : `${at}<name>.`
    inner = shapeOf(inner.kind === 'list' ? inner.item : inner.value)
  }
}

/** True when `keys` has every key of `group`, most of them as the very same schema (one or two may have another default). */
function contains(keys: Keys, group: Keys): boolean {
  const names = Object.keys(group)
  return names.every((name) => name in keys) && names.filter((name) => keys[name] !== group[name]).length <= 2
}

function typeOf(schema: z.ZodType): string {
  const link = linkOf(schema)
  if (link !== undefined) return link
  const { path, unit, secret, url } = metaOf(schema)
  if (secret === true) return 'secret'
  if (path === true) return 'path'
  if (url === true) return 'URL'
  if (unit !== undefined) return unit === 'bytes' ? 'size' : unit
  const shape = shapeOf(schema)
  if (shape.kind === 'list') return `list of ${typeOf(shape.item)}`
  if (shape.kind === 'map') return `map of ${typeOf(shape.value)}`
  if (shape.kind === 'object') return 'section'
  const inner = unwrapped(schema).at(-1)
  if (inner instanceof z.ZodEnum) return inner.options.map((one) => code(JSON.stringify(one).slice(1, -1))).join(', ')
  if (inner instanceof z.ZodBoolean) return 'true or false'
  return inner instanceof z.ZodNumber ? 'number' : 'text'
}

function linkOf(schema: z.ZodType): string | undefined {
  const chain = unwrapped(schema)
  const object = OBJECTS.find((one) => chain.includes(one.schema))
  return object === undefined ? undefined : `[${object.title}](#${object.anchor})`
}

function defaultOf(schema: z.ZodType): string {
  const given = unwrapped(schema).find((one) => one instanceof z.ZodPrefault || one instanceof z.ZodDefault)
  if (given !== undefined) {
    const text = JSON.stringify(given.def.defaultValue)
    return ['{}', '[]', '""'].includes(text) ? '' : code(text.replace(/^"(.*)"$/, '$1'))
  }
  return schema.safeParse(undefined).success ? '' : '(required)'
}

/** What a key says of itself; '' when nothing. */
export function descriptionOf(schema: z.ZodType): string {
  const said = unwrapped(schema).find((one) => one.description !== undefined)
  const { notActedOn } = metaOf(schema)
  return [said?.description ?? '', notActedOn === undefined ? '' : `(${notActedOn.why})`].filter(Boolean).join(' ')
}
