import { readFile } from 'node:fs/promises'

/** What resolv.conf says about incomplete names. */
export interface SearchPath {
  readonly domains: readonly string[]
  /** A name with at least so many dots is tried as it is first. */
  readonly dots: number
}

/** Reads resolv.conf; without one there is no search path. */
export async function readSearchPath(path = '/etc/resolv.conf'): Promise<SearchPath> {
  const text = await readFile(path, 'utf8').catch(() => '')
  let domains: readonly string[] = []
  let dots = 1
  for (const line of text.split('\n')) {
    const [key, ...rest] = line.trim().split(/\s+/)
    if (key === 'search') domains = rest
    else if (key === 'domain') domains = rest.slice(0, 1)
    else if (key === 'options') {
      const given = rest.find((option) => option.startsWith('ndots:'))
      if (given !== undefined) dots = Math.min(Number(given.slice('ndots:'.length)) || 0, 15)
    }
  }
  return { domains, dots }
}

/** The full names that a name may stand for, in the order in which they are tried. */
export function candidateNames(name: string, { domains, dots }: SearchPath): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const searched = domains.filter((domain) => domain !== '.').map((domain) => `${name}.${domain.replace(/\.$/, '')}`)
  return name.split('.').length - 1 >= dots ? [name, ...searched] : [...searched, name]
}
