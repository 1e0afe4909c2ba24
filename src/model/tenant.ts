/** The unit of isolation; header `X-Scope-OrgID`. */
export type TenantId = string & { readonly __brand: 'TenantId' }

export const DEFAULT_TENANT = 'default' as TenantId

/** Undefined when `text` is no tenant id: 1 to 150 of the characters that Mimir allows, not `.` or `..`. */
export function parseTenant(text: string): TenantId | undefined {
  const ok = /^[a-zA-Z0-9!\-_.*'()]{1,150}$/.test(text) && text !== '.' && text !== '..'
  return ok ? (text as TenantId) : undefined
}
