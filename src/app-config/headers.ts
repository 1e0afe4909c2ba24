import type { z } from 'zod'

/** Headers that a sender sets itself, in lower case. Follows reservedHeaders, prometheus/config/config.go. */
const RESERVED = new Set(
  (
    'host content-encoding content-length content-type user-agent connection keep-alive proxy-authenticate ' +
    'proxy-authorization www-authenticate accept-encoding x-prometheus-remote-write-version ' +
    'x-prometheus-remote-read-version x-amz-date x-amz-security-token x-amz-content-sha256'
  ).split(' '),
)

/** Refuses headers that a user can't set; `authorization` says what to use in that one's place. */
export function refuseReserved(authorization: string) {
  return (headers: Readonly<Record<string, string>>, ctx: z.RefinementCtx): void => {
    for (const name of Object.keys(headers)) {
      const lower = name.toLowerCase()
      if (lower === 'authorization') ctx.addIssue({ code: 'custom', path: [name], message: authorization })
      else if (RESERVED.has(lower)) {
        const message = `${name} is a reserved header, it must not be changed`
        ctx.addIssue({ code: 'custom', path: [name], message })
      }
    }
  }
}
