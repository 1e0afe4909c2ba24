import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MetricType } from '../../signals/metrics.ts'

/** One metric family as node_exporter would expose it. */
export interface HostFamily {
  readonly name: string
  readonly type: MetricType
  readonly help: string
  readonly samples: readonly HostSample[]
}

export interface HostSample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Where the kernel's files are; other folders than `/` when the host is mounted into a container, or in tests. */
export interface HostRoots {
  readonly proc: string
  readonly sys: string
  readonly root: string
}

/** Reads one topic of the host. Rejects when its files are missing: the topic is then told as failed, the others go on. */
export type Collector = (roots: HostRoots) => Promise<readonly HostFamily[]>

/** A family with a single sample without labels. */
export function single(name: string, type: MetricType, help: string, value: number): HostFamily {
  return { name, type, help, samples: [{ labels: {}, value }] }
}

export async function readText(...path: readonly string[]): Promise<string> {
  return readFile(join(...path), 'utf8')
}

export async function readLines(...path: readonly string[]): Promise<readonly string[]> {
  return (await readText(...path)).split('\n').filter((line) => line !== '')
}

/** The file's text, trimmed, or undefined when it can't be read (many files of /sys exist only for some devices). */
export async function readOptional(...path: readonly string[]): Promise<string | undefined> {
  try {
    return (await readText(...path)).trim()
  } catch {
    return undefined
  }
}
