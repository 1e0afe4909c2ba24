/** The groups on disk: one JSON file, replaced as a whole. */
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { defineError } from '../../core/errors.ts'
import { LabelSet } from '../../model/labels.ts'
import type { TenantId } from '../../model/tenant.ts'
import type { Group, Grouping, PushedFamily, PushedSeries } from './group.ts'

export const snapshotUnreadable = defineError<{ path: string }>({
  code: 'pushgateway.snapshot_unreadable',
  status: 500,
  blame: 'operator',
  retry: false,
  message: ({ path }) => `the pushed groups in "${path}" can't be read`,
  advice: 'Move the file aside to start without groups; jobs that push again are not affected.',
})

export const snapshotNotWritten = defineError<{ path: string }>({
  code: 'pushgateway.not_saved',
  status: 503,
  blame: 'operator',
  retry: true,
  message: ({ path }) => `the pushed groups could not be written to "${path}"`,
  advice: 'Check the space and the permissions of the data folder, and push again.',
})

interface StoredGroup {
  readonly tenant: TenantId
  readonly grouping: Grouping
  readonly pushedAt: number
  readonly failedAt: number
  readonly families: readonly (Omit<PushedFamily, 'series'> & { readonly series: readonly StoredSeries[] })[]
}
interface StoredSeries {
  readonly pairs: readonly string[]
  readonly value: PushedSeries['value']
}
const VERSION = 1

/** The groups of the file, none when there is no file. Throws `pushgateway.snapshot_unreadable`. */
export async function readSnapshot(path: string): Promise<readonly Group[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return []
    throw snapshotUnreadable({ path }, { cause })
  }
  try {
    const { version, groups } = JSON.parse(text, revive) as { version: number; groups: StoredGroup[] }
    if (version !== VERSION) throw new Error(`version ${version}`)
    return groups.map(fromStored)
  } catch (cause) {
    throw snapshotUnreadable({ path }, { cause })
  }
}

/** Resolves once the groups are safe on disk; until then the file shows the groups of before. Throws `pushgateway.not_saved`. */
export async function writeSnapshot(path: string, groups: Iterable<Group>): Promise<void> {
  const text = JSON.stringify({ version: VERSION, groups: Array.from(groups, toStored) }, replace)
  const aside = `${path}.new`
  try {
    const file = await open(aside, 'w')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(aside, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => undefined) // the first error is the one to tell
    throw snapshotNotWritten({ path }, { cause })
  }
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
