/** Bongsu's own API, in zod: shared by the server, which validates with it, and the page, which takes its types. */
import { z } from 'zod'

/** GET /api/bongsu/status */
export const statusSchema = z.object({
  version: z.string(),
  uptimeSeconds: z.number(),
  nodeVersion: z.string(),
})

export type Status = z.output<typeof statusSchema>
