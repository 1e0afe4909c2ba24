import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where this program is installed, and which version it is: from the nearest package.json above this file. */
export function packageFacts(): { readonly root: string; readonly version: string } {
  let root = import.meta.dirname
  while (!existsSync(join(root, 'package.json'))) {
    if (root === dirname(root)) return { root: import.meta.dirname, version: '0.0.0' }
    root = dirname(root)
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return { root, version }
}
