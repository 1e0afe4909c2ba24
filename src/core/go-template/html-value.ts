import type { GoType } from './value.ts'

/** Text that is HTML already, and is not escaped again. */
export const SAFE_HTML: GoType = { name: 'template.HTML', kind: 'string' }
