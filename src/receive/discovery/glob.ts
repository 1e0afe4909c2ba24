import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Paths that exist and match `pattern` (`*`, `?`, `[a-z]`, `\` within a part), sorted. A folder that can't be read counts as
 * empty, and nothing matches what is no pattern (`[z-a]`). Follows path/filepath.Glob.
 */
export async function glob(pattern: string): Promise<readonly string[]> {
  const parts = pattern.split('/')
  let found = [pattern.startsWith('/') ? '/' : '']
  for (const part of parts.filter((one) => one !== '')) {
    const next = found.map((folder) => (isPattern(part) ? matching(folder, part) : existing(join(folder, part))))
    found = (await Promise.all(next)).flat()
  }
  return found.sort()
}

function isPattern(part: string): boolean {
  return /[*?[\\]/.test(part)
}

async function existing(path: string): Promise<string[]> {
  return stat(path).then(
    () => [path],
    () => [],
  )
}

async function matching(folder: string, part: string): Promise<string[]> {
  const expression = toRegExp(part)
  if (expression === undefined) return []
  const names = await readdir(folder === '' ? '.' : folder).catch((): string[] => [])
  return names.filter((name) => expression.test(name)).map((name) => join(folder, name))
}

function toRegExp(part: string): RegExp | undefined {
  const source = part.replace(/\\(.)|\[\^?[^\]]*\]|[*?]|[.+^${}()|\]\\]/g, (piece, escaped?: string) => {
    if (escaped !== undefined) return `\\${escaped}`
    if (piece === '*') return '[^/]*'
    if (piece === '?') return '[^/]'
    return piece.length > 1 ? piece : `\\${piece}`
  })
  try {
    return new RegExp(`^${source}$`, 's')
  } catch {
    return undefined // a range that runs backwards
  }
}
