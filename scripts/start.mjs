// `npm start`: set-up, build, then the server in this very process, so that signals reach it directly.
import { root } from './setup.mjs'
await import('./build.mjs')
process.argv[1] = `${root}bin/bongsu.mjs`
process.argv.splice(2, 0, ...(process.argv[2]?.startsWith('-') || process.argv[2] === undefined ? ['serve'] : []))
await import('../bin/bongsu.mjs')
