/** Keys of the file that the environment and the command line can say too. An explicit table: nothing else is looked for. */
import { resolve } from 'node:path'
import type { Environment } from '../config/env.ts'
import { printDuration } from '../core/time.ts'
import type { DurationMs } from '../core/time.ts'
import { nearest } from '../config/nearest.ts'
import { redactUrl } from '../config/url.ts'
import type { Override } from '../config/overrides.ts'
import type { Problem } from '../config/problem.ts'

export interface Setting {
  /** The key in the file. */
  readonly path: readonly [section: string, ...keys: string[]]
  readonly env: string
  /** The first is ours, others are Prometheus' names for it. None for secrets: command lines are seen by everybody. */
  readonly flags: readonly string[]
  readonly summary: string
  /** A path: relative to the working directory here, and not to the file's folder. */
  readonly isPath?: boolean
}

export const SETTINGS: readonly Setting[] = [
  {
    path: ['server', 'listen'],
    env: 'BONGSU_LISTEN',
    flags: ['--listen', '--web.listen-address'],
    summary: 'address and port of the HTTP server',
  },
  {
    path: ['server', 'external_url'],
    env: 'BONGSU_EXTERNAL_URL',
    flags: ['--external-url', '--web.external-url'],
    summary: 'how users reach this server',
  },
  {
    path: ['server', 'cors_origin'],
    env: 'BONGSU_CORS_ORIGIN',
    flags: ['--cors-origin', '--web.cors.origin'],
    summary: 'origins whose pages may read the API',
  },
  {
    path: ['store', 'path'],
    env: 'BONGSU_DATA_DIR',
    flags: ['--data-dir', '--storage.tsdb.path'],
    summary: 'folder of the embedded store',
    isPath: true,
  },
  {
    path: ['store', 'url'],
    env: 'BONGSU_STORE_URL',
    flags: ['--store-url'],
    summary: 'ClickHouse to use as the store',
  },
  { path: ['store', 'user'], env: 'BONGSU_STORE_USER', flags: [], summary: 'user at that ClickHouse' },
  { path: ['store', 'password'], env: 'BONGSU_STORE_PASSWORD', flags: [], summary: 'password of that user' },
  {
    path: ['store', 'retention', 'metrics'],
    env: 'BONGSU_RETENTION_METRICS',
    flags: ['--retention', '--storage.tsdb.retention.time'],
    summary: 'how long samples are kept',
  },
  {
    path: ['log', 'level'],
    env: 'BONGSU_LOG_LEVEL',
    flags: ['--log-level', '--log.level'],
    summary: 'least that is logged',
  },
  {
    path: ['log', 'format'],
    env: 'BONGSU_LOG_FORMAT',
    flags: ['--log-format', '--log.format'],
    summary: 'logfmt or json',
  },
]

/** Names the file itself; see `configFileOf`. */
export const CONFIG_ENV = 'BONGSU_CONFIG'
export const CONFIG_FLAGS = ['--config', '--config.file'] as const

/** What the environment says; an empty variable says nothing. */
export function overridesOfEnvironment(env: Environment): readonly Override[] {
  return SETTINGS.flatMap((setting) => override(setting, env[setting.env], setting.env))
}

/** Options of the command line by the first of their names: which name was used, and the value. */
export type GivenFlags = ReadonlyMap<string, { readonly name: string; readonly value: string }>

/** What the command line says. */
export function overridesOfFlags(flags: GivenFlags): readonly Override[] {
  return SETTINGS.flatMap((setting) => {
    const given = flags.get(setting.flags[0] ?? '')
    return override(setting, given?.value, given?.name ?? '')
  })
}

/** Warnings of variables that look like one of the table, but are none: they would be passed over in silence. */
export function misspelt(env: Environment): readonly Problem[] {
  const known = [CONFIG_ENV, ...SETTINGS.map((setting) => setting.env)]
  return Object.keys(env)
    .filter((name) => name.startsWith('BONGSU_') && !known.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, known)
      if (meant === undefined) return []
      return [
        { severity: 'warning', file: name, path: '', message: `not a variable that is read (did you mean ${meant}?)` },
      ]
    })
}

/** The file to read: the command line's, the environment's, `bongsu.yml` where there is one; undefined for none. */
export function configFileOf(
  flags: GivenFlags,
  env: Environment,
  exists: (path: string) => boolean,
): string | undefined {
  const named = flags.get(CONFIG_FLAGS[0])?.value ?? env[CONFIG_ENV]
  if (named !== undefined && named !== '') return named
  return exists('bongsu.yml') ? 'bongsu.yml' : undefined
}

function override({ path, isPath }: Setting, text: string | undefined, from: string): Override[] {
  if (text === undefined || text === '') return []
  return [{ path, text: isPath === true ? resolve(text) : text, from }]
}

/** Every setting of the table with its value, under its command-line name: for `/api/v1/status/flags`. */
export function flagsOf(config: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const shown = SETTINGS.filter(({ flags }) => flags.length > 0)
  return Object.fromEntries(
    shown.map(({ path, flags }) => {
      const value = path.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], config)
      const isDuration = path[1] === 'retention' && typeof value === 'number'
      const text = isDuration ? printDuration(value as DurationMs) : redactUrl((value as string | undefined) ?? '')
      return [(flags[0] ?? '').replace(/^--/, ''), text]
    }),
  )
}
