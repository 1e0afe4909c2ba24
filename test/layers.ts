/**
 * The layers of src/, top to bottom. A room may import rooms of lower rows only; rooms of one row do not know each other.
 * ARCHITECTURE.md shows this table, and architecture.test.ts holds both to it.
 */
export const LAYERS: readonly { readonly rooms: readonly string[]; readonly role: string }[] = [
  { rooms: ['main', 'app', 'app-config', 'commands'], role: 'wiring' },
  { rooms: ['api'], role: 'edges in' },
  { rooms: ['rules'], role: 'judgement' },
  { rooms: ['receive', 'write', 'query'], role: 'the two roads: in and out' },
  { rooms: ['pipeline'], role: 'what happens on the way' },
  { rooms: ['store', 'codec'], role: 'the world outside: database, bytes' },
  { rooms: ['config'], role: 'configuration' },
  { rooms: ['signals'], role: 'contracts' },
  { rooms: ['model'], role: 'values' },
  { rooms: ['core'], role: 'tools' },
]

/** These files (and what they import) reach no `node:` module and no dependency: the UI uses them in the browser. */
export const PURE: readonly string[] = [
  'core/time.ts',
  'core/errors.ts',
  'core/utf8.ts',
  'core/go-number.ts',
  'core/go-text.ts',
  'core/go-unquote.ts',
  'core/go-template/',
  'model/',
  'query/promql/syntax',
  'api/bongsu/schema.ts',
]

/** Rooms within a room whose top files may be imported from outside, like `receive/scrape`. */
export const SUB_ROOMS: readonly string[] = ['core', 'receive', 'codec', 'query', 'pipeline', 'api', 'store']

/** Folders within a sub-room that have a face of their own: a language's syntax serves the page and the APIs, its values the printers. */
export const OPEN_FOLDERS: readonly string[] = ['query/promql/syntax', 'query/promql/eval', 'query/promql/histograms']
