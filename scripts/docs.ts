// `npm run docs` writes the generated pages of docs/reference; with `--check` it only tells whether they are up to date.
import { stalePages, writePages } from './docs/pages.ts'

if (process.argv.includes('--check')) {
  const stale = await stalePages()
  for (const name of stale) console.error(`docs/reference/${name} is out of date: run npm run docs`)
  process.exitCode = stale.length === 0 ? 0 : 1
} else await writePages()
