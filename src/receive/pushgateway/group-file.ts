/** The groups on disk: one JSON file each, replaced as a whole. */
import { createHash } from 'node:crypto'
import { open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { defineError } from '../../core/errors.ts'
import { LabelSet } from '../../model/labels.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { Group, Grouping, PushedFamily, PushedSeries } from './group.ts'

export const groupUnreadable = defineError<{ path: string }>({
  code: 'pushgateway.group_unreadable',
  status: 500,
  blame: 'operator',
  retry: false,
  message: ({ path }) => `the pushed group in "${path}" can't be read`,
  advice: 'Move the file aside to start without this group; its job brings it back with the next push.',
})

export const groupNotSaved = defineError<{ path: string }>({
  code: 'pushgateway.not_saved',
  status: 503,
  blame: 'operator',
  retry: true,
  message: ({ path }) => `the pushed group could not be written to "${path}"`,
  advice: 'Check the space and the permissions of the data folder, and push again.',
})

interface StoredGroup {
  readonly tenant: TenantId
  readonly grouping: Grouping
  readonly createdAt: number
  readonly pushedAt: number
  readonly failedAt: number
  readonly families: readonly (Omit<PushedFamily, 'series'> & { readonly series: readonly StoredSeries[] })[]
}
interface StoredSeries {
  readonly pairs: readonly string[]
  readonly value: PushedSeries['value']
}
const VERSION = 1
const SUFFIX = '.json'

/** The groups of all files in `folder`. Throws `pushgateway.group_unreadable`. */
export async function readGroups(folder: string): Promise<readonly Group[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX))
  const groups: Group[] = []
  for (const name of names.sort()) groups.push(await readGroup(join(folder, name)))
  return groups.sort((a, b) => a.createdAt - b.createdAt)
}

async function readGroup(path: string): Promise<Group> {
  try {
    const { version, group } = JSON.parse(await readFile(path, 'utf8'), revive) as {
      version: number
      group: StoredGroup
    }
    if (version !== VERSION) throw new Error(`version ${version}`)
    return fromStored(group)
  } catch (cause) {
    throw groupUnreadable({ path }, { cause })
  }
}

/** Resolves once the group is safe on disk; until then its file shows what it held before. Throws `pushgateway.not_saved`. */
export async function writeGroup(folder: string, key: string, group: Group): Promise<void> {
  const path = pathOf(folder, key)
  const aside = `${path}.new`
  try {
    const file = await open(aside, 'w')
    try {
      await file.writeFile(JSON.stringify({ version: VERSION, group: toStored(group) }, replace))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(aside, path)
    await syncFolder(folder)
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => undefined) // the first error is the one to tell
    throw groupNotSaved({ path }, { cause })
  }
}

/** Resolves once the group is gone for good. Throws `pushgateway.not_saved`. */
export async function removeGroup(folder: string, key: string): Promise<void> {
  const path = pathOf(folder, key)
  try {
    await rm(path, { force: true })
    await syncFolder(folder)
  } catch (cause) {
    throw groupNotSaved({ path }, { cause })
  }
}

function pathOf(folder: string, key: string): string {
  return join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}${SUFFIX}`)
}

/** A rename is safe once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function toStored({ families, ...group }: Group): StoredGroup {
  const stored = [...families.values()].map((family) => ({
    ...family,
    series: family.series.map(({ labels, value }) => ({ pairs: labels.pairs, value })),
  }))
  return { ...group, families: stored }
}

function fromStored({ families, ...group }: StoredGroup): Group {
  const restored = families.map((family): [string, PushedFamily] => [
    family.name,
    { ...family, series: family.series.map(({ pairs, value }) => ({ labels: LabelSet.fromSorted(pairs), value })) },
  ])
  return { ...group, families: new Map(restored) }
}

// JSON has no NaN, no infinities and no negative zero.
function replace(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value
  return { number: Object.is(value, -0) ? '-0' : String(value) }
}

function revive(_key: string, value: unknown): unknown {
  const text = (value as { number?: unknown } | null)?.number
  return typeof text === 'string' ? Number(text) : value
}
