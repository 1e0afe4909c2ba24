/**
 * Where targets come from. `static`, `file`, `http` and `dns` work; the other kinds of Prometheus are known by name, so that a
 * file which has them loads, and its other jobs run. Keys and rules follow each kind's SDConfig, prometheus/discovery@v3.14.
 */
import { z } from 'zod'
import { duration, filePath, httpUrl } from '../../config/values.ts'
import { isUnicode } from '../../model/names.ts'
import { checkHttpClient, foldBearerToken, httpClientShape } from '../http-client/config.ts'

/** A label name as target groups and external labels take it: any text that is not empty. */
const labels = z.record(
  z.string().refine((name) => name !== '' && isUnicode(name), { error: 'not a valid label name' }),
  z.string(),
)

/** One entry of `static_configs`, of a discovery file, or of an HTTP discovery answer. */
export const targetGroupSchema = z.strictObject({
  targets: z.array(z.string()).prefault([]).describe('addresses, host:port each'),
  labels: labels.prefault({}).describe('labels of every target in the group'),
})
export type TargetGroupConfig = z.output<typeof targetGroupSchema>

const FILE_NAME = /^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/

export const fileSdSchema = z.strictObject({
  files: z
    .array(
      filePath.refine((name) => FILE_NAME.test(name), {
        error: 'must end in .json, .yml or .yaml; only the last part may hold a *',
      }),
    )
    .min(1, { error: 'file discovery needs at least one path' })
    .describe('paths of files with target groups; the last part may hold a *'),
  refresh_interval: duration.prefault('5m').describe('how often the files are read even when nothing told of a change'),
})
export type FileSdConfig = z.output<typeof fileSdSchema>

export const httpSdSchema = z
  .strictObject({
    url: httpUrl.describe('where the list of target groups is had, in JSON'),
    refresh_interval: duration.prefault('1m').describe('how often it is asked for'),
    ...httpClientShape,
  })
  .superRefine(checkHttpClient)
  .transform(foldBearerToken)
export type HttpSdConfig = z.output<typeof httpSdSchema>

const recordType = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(['SRV', 'A', 'AAAA', 'MX', 'NS']))

export const dnsSdSchema = z
  .strictObject({
    names: z
      .array(z.string())
      .min(1, { error: 'DNS discovery needs at least one name' })
      .describe('domain names to ask for'),
    type: recordType.prefault('SRV').describe('kind of record: SRV, A, AAAA, MX or NS'),
    port: z.int().prefault(0).describe('port of the targets; SRV records carry their own'),
    refresh_interval: duration.prefault('30s').describe('how often the names are asked for'),
  })
  .superRefine(({ type, port }, ctx) => {
    if (type === 'SRV' || port !== 0) return
    ctx.addIssue({ code: 'custom', path: ['port'], message: `a port is required for records of type ${type}` })
  })
export type DnsSdConfig = z.output<typeof dnsSdSchema>
