import type { LabelSet } from '../../model/labels.ts'
import { ADDRESS, METRICS_PATH, PARAM_PREFIX, SCHEME } from './target-labels.ts'

/** The URL that a target's labels and its job's parameters make, written as Go does (no default port is added or taken away). */
export function targetUrl(labels: LabelSet, params: Readonly<Record<string, readonly string[]>>): string {
  const query = new Map<string, string[]>(Object.entries(params).map(([name, values]) => [name, [...values]]))
  for (const [label, value] of labels.entries()) {
    if (!label.startsWith(PARAM_PREFIX)) continue
    const name = label.slice(PARAM_PREFIX.length)
    query.set(name, [value, ...(query.get(name) ?? []).slice(1)])
  }
  const path = labels.get(METRICS_PATH) ?? ''
  const slash = path === '' || path.startsWith('/') ? '' : '/'
  const encoded = encodeQuery(query)
  const base = `${labels.get(SCHEME) ?? ''}://${labels.get(ADDRESS) ?? ''}${slash}${encodePath(path)}`
  return encoded === '' ? base : `${base}?${encoded}`
}

function encodeQuery(query: ReadonlyMap<string, readonly string[]>): string {
  const names = [...query.keys()].sort()
  return names
    .flatMap((name) => (query.get(name) ?? []).map((value) => `${queryEscape(name)}=${queryEscape(value)}`))
    .join('&')
}

function queryEscape(text: string): string {
  return percent(encodeURIComponent(text), /[!'()*]/g).replaceAll('%20', '+')
}

/** As net/url's EscapedPath of a plain path: `$&+,/:;=@` stay, `?` and the rest do not. */
function encodePath(path: string): string {
  return percent(encodeURI(path), /[!'()*?#]/g)
}

function percent(text: string, characters: RegExp): string {
  return text.replace(characters, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}
