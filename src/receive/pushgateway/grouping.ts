/** The grouping key, as it stands in the path of a push. Follows the section "URL" of prometheus/pushgateway's README. */
import { isUtf8 } from 'node:buffer'
import { defineError } from '../../core/errors.ts'
import { compareUtf8 } from '../../core/utf8.ts'
import { isLabelName } from '../../model/names.ts'
import type { Grouping } from './group.ts'

export const badGrouping = defineError<{ reason: string }>({
  code: 'pushgateway.bad_grouping_key',
  status: 400,
  blame: 'caller',
  retry: false,
  message: ({ reason }) => reason,
  advice: 'Push to /metrics/job/JOB, followed by /LABEL/VALUE as often as needed; LABEL@base64 takes any value.',
})

const BASE64 = '@base64'

/** The labels that `path` (still percent-encoded, from `/metrics/` on, without the query) groups by. Throws `pushgateway.bad_grouping_key`. */
export function groupingOf(path: string): Grouping {
  const parts = path
    .replace(/^\/metrics\//, '')
    .replace(/\/$/, '')
    .split('/')
    .map(decoded)
  if (parts.length % 2 === 1)
    throw badGrouping({ reason: `odd number of components in label string ${JSON.stringify(path)}` })
  const labels = new Map<string, string>()
  for (let i = 0; i < parts.length; i += 2) {
    const [name, value] = labelOf(parts[i] as string, parts[i + 1] as string)
    if (i > 0 && !isAllowed(name)) throw badGrouping({ reason: `improper label name ${JSON.stringify(name)}` })
    // The job of the path's beginning counts, whatever follows.
    if (i === 0 || name !== 'job') labels.set(name, value)
  }
  if ((labels.get('job') ?? '') === '') throw badGrouping({ reason: 'job name is required' })
  return [...labels].sort(([a], [b]) => compareUtf8(a, b))
}

function isAllowed(name: string): boolean {
  return isLabelName(name, 'legacy') && !name.startsWith('__')
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw badGrouping({ reason: `${JSON.stringify(part)} is not valid percent-encoding` })
  }
}

function labelOf(name: string, value: string): readonly [name: string, value: string] {
  if (!name.endsWith(BASE64)) return [name, value]
  const plain = name.slice(0, -BASE64.length)
  // One '=' stands for the empty value, which a path can't show.
  const text = value.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
  const bytes = Buffer.from(text, 'base64url')
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1 || !isUtf8(bytes)) {
    throw badGrouping({ reason: `invalid base64 encoding for label ${plain}=${JSON.stringify(value)}` })
  }
  return [plain, bytes.toString('utf8')]
}
