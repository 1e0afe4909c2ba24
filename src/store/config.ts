import { z } from 'zod'
import type { ConfigOf } from '../config/section.ts'
import { defineSection } from '../config/section.ts'
import { bytes, duration, outputPath, secret } from '../config/values.ts'

const memory = z
  .strictObject({
    total: bytes.prefault('2GB').describe("All memory of the embedded store's queries, merges and caches together."),
    query: bytes.prefault('800MB').describe('Memory of one query.'),
  })
  .prefault({})
  .describe('Limits of the store; a query that goes beyond fails, the process does not.')

/** Tables lose their rows by the hour. */
export const SHORTEST_RETENTION = 3_600_000

const retention = z
  .strictObject({
    metrics: duration
      .refine((keep) => keep >= SHORTEST_RETENTION, 'must be an hour at least')
      .prefault('15d')
      .describe('How long samples, histograms, exemplars and their series are kept.'),
  })
  .prefault({})
  .describe('How long each signal is kept. A change is applied at the next start.')

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'letters, digits and underscores only')

const url = z.url({ protocol: /^https?$/, error: 'not an http(s) URL' }).meta({ url: true })

/** `store:`. With a url the store is that ClickHouse; without one it is embedded in this process. */
export const storeSection = defineSection({
  key: 'store',
  summary: 'Where data are kept: in a folder of this machine, or in a ClickHouse.',
  reload: 'restart',
  schema: z
    .strictObject({
      path: outputPath
        .min(1)
        .prefault('bongsu-data')
        .describe('Folder of the data; one process at a time holds it. By default below the working directory.'),
      url: url.optional().describe('HTTP address of a ClickHouse server; when given, it is the store.'),
      user: z.string().prefault('default').describe('User at the ClickHouse server.'),
      password: secret.prefault('').describe('Password of that user.'),
      database: name.prefault('bongsu').describe('Database of all tables at the ClickHouse server; made when missing.'),
      cluster: name
        .optional()
        .describe("Name of a ClickHouse cluster (in the server's configuration) to spread tables over."),
      compression: z
        .boolean()
        .prefault(true)
        .describe('Compresses what goes to and comes from the ClickHouse server (gzip).'),
      retention,
      memory,
      threads: z.int().min(1).max(64).prefault(2).describe('Threads of one query of the embedded store.'),
      max_concurrent_queries: z
        .int()
        .min(1)
        .max(64)
        .prefault(6)
        .describe('Queries at once; more wait in line. The embedded store takes 12 at most.'),
    })
    .prefault({}),
})

export type StoreConfig = ConfigOf<typeof storeSection>
