/** Target groups: what every kind of discovery comes down to. */
import { parse } from 'yaml'
import { z } from 'zod'
import { defineError, messageOf } from '../../core/errors.ts'
import { targetGroupSchema } from './config.ts'

/** Targets with what they have in common. A target's own label wins over the group's. */
export interface TargetGroup {
  /** Where the group came from: `path:0`, `url:1`, a DNS name. */
  readonly source: string
  readonly labels: Readonly<Record<string, string>>
  /** One label set a target; `__address__` among them. */
  readonly targets: readonly Readonly<Record<string, string>>[]
}

export const badGroups = defineError<{ detail: string }>({
  code: 'discovery.bad_groups',
  status: 502,
  blame: 'operator',
  retry: true,
  message: ({ detail }) => `not a list of target groups: ${detail}`,
  advice: 'A list of {"targets": ["host:port"], "labels": {"name": "value"}} is expected.',
})

const groupsSchema = z.array(targetGroupSchema)

/** Checks a decoded list of groups strictly. `null` counts as left out, within a group. Throws `discovery.bad_groups`. */
export function checkGroups(decoded: unknown, sourceOf: (index: number) => string): readonly TargetGroup[] {
  const result = groupsSchema.safeParse(Array.isArray(decoded) ? decoded.map(withoutNulls) : decoded)
  if (!result.success) {
    const [issue] = result.error.issues
    throw badGroups({ detail: `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() })
  }
  return result.data.map(({ targets, labels }, index) => ({
    source: sourceOf(index),
    labels,
    targets: targets.map((address) => ({ __address__: address })),
  }))
}

function withoutNulls(group: unknown): unknown {
  if (typeof group !== 'object' || group === null || Array.isArray(group)) return group
  return Object.fromEntries(Object.entries(group).filter(([, value]) => value !== null))
}

/** Throws `discovery.bad_groups`. */
export function parseJsonGroups(text: string, sourceOf: (index: number) => string): readonly TargetGroup[] {
  return checkGroups(decode(() => JSON.parse(text) as unknown) ?? [], sourceOf)
}

/** Every scalar counts as text (`port: 80`). An empty file has no groups. Throws `discovery.bad_groups`. */
export function parseYamlGroups(text: string, sourceOf: (index: number) => string): readonly TargetGroup[] {
  const decoded = decode(() => parse(text, { schema: 'failsafe', merge: true }) as unknown)
  if (decoded === null || decoded === undefined || decoded === '') return []
  return checkGroups(Array.isArray(decoded) ? decoded.map(withoutBlanks) : decoded, sourceOf)
}

// In this schema a key without a value reads as the empty text.
function withoutBlanks(group: unknown): unknown {
  if (typeof group !== 'object' || group === null || Array.isArray(group)) return group
  return Object.fromEntries(Object.entries(group).filter(([, value]) => value !== ''))
}

function decode(parser: () => unknown): unknown {
  try {
    return parser()
  } catch (cause) {
    throw badGroups({ detail: messageOf(cause).split('\n')[0] ?? '' }, { cause })
  }
}

/** The group with labels added; the discovery's own labels win. */
export function withLabels(group: TargetGroup, labels: Readonly<Record<string, string>>): TargetGroup {
  return { ...group, labels: { ...group.labels, ...labels } }
}
