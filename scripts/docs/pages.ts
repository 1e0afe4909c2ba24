/** The generated pages of docs/reference, and whether those on disk are up to date. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cliPage } from './cli-page.ts'
import { configPage } from './config-page.ts'
import { errorsPage } from './errors-page.ts'
import { ownMetricsPage } from './metrics-page.ts'

const FOLDER = join(import.meta.dirname, '../../docs/reference')

const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'cli.md': cliPage,
  'config.md': configPage,
  'errors.md': errorsPage,
  'metrics.md': ownMetricsPage,
}

export async function writePages(): Promise<void> {
  for (const [name, render] of Object.entries(PAGES)) {
    const file = join(FOLDER, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, await render())
  }
}

/** Names of pages that differ from what would be written now. */
export async function stalePages(): Promise<readonly string[]> {
  const stale: string[] = []
  for (const [name, render] of Object.entries(PAGES)) {
    if (contentOf(join(FOLDER, name)) !== (await render())) stale.push(name)
  }
  return stale
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // a page that is not there is stale like one that differs
  }
}
