/**
 * The discovery kinds of Prometheus that Bongsu knows by name only. A file that has them loads; a job runs without them, and
 * loading says so with file and line.
 */
import { z } from 'zod'

const FOREIGN_KINDS = [
  'aws',
  'azure',
  'consul',
  'digitalocean',
  'docker',
  'dockerswarm',
  'ec2',
  'eureka',
  'gce',
  'hetzner',
  'ionos',
  'kubernetes',
  'kuma',
  'lightsail',
  'linode',
  'marathon',
  'nerve',
  'nomad',
  'oci',
  'openstack',
  'outscale',
  'ovhcloud',
  'puppetdb',
  'scaleway',
  'serverset',
  'stackit',
  'triton',
  'uyuni',
  'vultr',
] as const
export type ForeignKind = (typeof FOREIGN_KINDS)[number]
type ForeignKey = `${ForeignKind}_sd_configs`

/** The keys of those kinds, as they stand in a scrape job. */
export const FOREIGN_KEYS: readonly ForeignKey[] = FOREIGN_KINDS.map((kind): ForeignKey => `${kind}_sd_configs`)

const entries = z.array(z.looseObject({})).optional()

export const foreignSdShape = Object.fromEntries(
  FOREIGN_KEYS.map((key) => [key, entries.describe('known, but not supported yet: the job runs without it')]),
) as Record<ForeignKey, typeof entries>
