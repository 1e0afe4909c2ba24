import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { readLines } from './family.ts'
import type { Collector, HostFamily, HostSample } from './family.ts'

/** As node_exporter's defaults. */
const EXCLUDED_MOUNTS =
  /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/
const EXCLUDED_TYPES =
  /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|erofs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$/
const STAT_TIMEOUT_MS = 5_000

interface Mount {
  readonly device: string
  readonly mountpoint: string
  readonly fstype: string
  readonly readonly: boolean
  readonly major: string
  readonly minor: string
}

/** Mount points write blanks and backslashes as octal escapes. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** The mounts of process 1 (the host's own), each mount point once, the excluded ones left out. */
export async function readMounts(proc: string): Promise<readonly Mount[]> {
  const lines = await readLines(proc, '1/mountinfo').catch(() => readLines(proc, 'self/mountinfo'))
  const mounts = new Map<string, Mount>()
  for (const line of lines) {
    const [before = '', after = ''] = line.split(' - ')
    const [, , numbers = '', , point = '', options = ''] = before.split(' ')
    const [fstype = '', device = '', superOptions = ''] = after.split(' ')
    const mountpoint = unescape(point)
    if (EXCLUDED_MOUNTS.test(mountpoint) || EXCLUDED_TYPES.test(fstype)) continue
    const isReadonly = [options, superOptions].some((list) => list.split(',').includes('ro'))
    const [major = '', minor = ''] = numbers.split(':')
    mounts.set(mountpoint, { device: unescape(device), mountpoint, fstype, readonly: isReadonly, major, minor })
  }
  return [...mounts.values()]
}

const GAUGES = {
  size: ['node_filesystem_size_bytes', 'Size in bytes.'],
  free: ['node_filesystem_free_bytes', 'Free bytes, those kept for root included.'],
  avail: ['node_filesystem_avail_bytes', 'Free bytes for everybody.'],
  files: ['node_filesystem_files', 'File nodes.'],
  filesFree: ['node_filesystem_files_free', 'Free file nodes.'],
  readonly: ['node_filesystem_readonly', '1 when mounted read-only.'],
  error: ['node_filesystem_device_error', '1 when the file system could not be asked.'],
} as const

/** node_filesystem_*. Follows collector/filesystem_linux.go, node_exporter; a hanging mount costs 5 s, not the scrape. */
export const filesystem: Collector = async ({ proc, root }) => {
  const samples = Object.fromEntries(Object.keys(GAUGES).map((key) => [key, [] as HostSample[]]))
  const add = (key: keyof typeof GAUGES, labels: HostSample['labels'], value: number): void =>
    void samples[key]?.push({ labels, value })
  const mounts: HostSample[] = []
  for (const { device, mountpoint, fstype, readonly, major, minor } of await readMounts(proc)) {
    mounts.push({ labels: { device, major, minor, mountpoint }, value: 1 })
    const labels = { device, device_error: '', fstype, mountpoint }
    try {
      const stat = await withTimeout(statfs(join(root, mountpoint)))
      add('size', labels, stat.blocks * stat.bsize)
      add('free', labels, stat.bfree * stat.bsize)
      add('avail', labels, stat.bavail * stat.bsize)
      add('files', labels, stat.files)
      add('filesFree', labels, stat.ffree)
      add('readonly', labels, readonly ? 1 : 0)
      add('error', labels, 0)
    } catch (error) {
      add('error', { ...labels, device_error: (error as { code?: string }).code ?? 'timeout' }, 1)
    }
  }
  const info: HostFamily = {
    name: 'node_filesystem_mount_info',
    type: 'gauge',
    help: 'Facts of the mount, always 1.',
    samples: mounts,
  }
  const gauges = Object.entries(GAUGES).map(([key, [name, help]]): HostFamily => ({
    name,
    type: 'gauge',
    help,
    samples: samples[key] ?? [],
  }))
  return [info, ...gauges]
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(STAT_TIMEOUT_MS)
  return Promise.race([
    work,
    new Promise<never>((_resolve, reject) =>
      late.addEventListener('abort', () => reject(late.reason as Error), { once: true }),
    ),
  ])
}
