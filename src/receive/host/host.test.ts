import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { TestClock } from '../../../test/support/test-clock.ts'
import { systemClock } from '../../core/clock.ts'
import { makeCollectors } from './collectors.ts'
import { filesystemCollector, readMounts } from './filesystem.ts'

const root = mkdtempSync(join(tmpdir(), 'bongsu-host-'))
afterAll(() => rmSync(root, { recursive: true }))
const roots = { proc: join(root, 'proc'), sys: join(root, 'sys'), root: '/' }

const collectors = makeCollectors({ clock: systemClock })

function file(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

/** Every sample of a topic as a line of the text format. */
async function read(collector: string): Promise<string[]> {
  const families = (await collectors[collector]?.(roots)) ?? []
  return families.flatMap(({ name, samples }) =>
    samples.map(({ labels, value }) => {
      const inside = Object.entries(labels).map(([key, text]) => `${key}="${text}"`)
      return `${name}${inside.length === 0 ? '' : `{${inside.join(',')}}`} ${value}`
    }),
  )
}

describe('host collectors', () => {
  test('cpu ticks become seconds by mode', async () => {
    file('proc/stat', 'cpu  9 9\ncpu0 100 1 2 3 4 5 6 7 8 9\nbtime 1700000000\nprocs_running 2\n')
    expect(await read('cpu')).toContain('node_cpu_seconds_total{cpu="0",mode="user"} 1')
    expect(await read('cpu')).toContain('node_cpu_guest_seconds_total{cpu="0",mode="nice"} 0.09')
    expect(await read('stat')).toEqual(['node_boot_time_seconds 1700000000', 'node_procs_running 2'])
  })

  test('memory in kB becomes bytes, counts stay', async () => {
    file('proc/meminfo', 'MemTotal:  16 kB\nActive(anon):  1 kB\nHugePages_Total:  3\n')
    expect(await read('meminfo')).toEqual([
      'node_memory_MemTotal_bytes 16384',
      'node_memory_Active_anon_bytes 1024',
      'node_memory_HugePages_Total 3',
    ])
  })

  test('disks are told, partitions and loops are not; old kernels have fewer fields', async () => {
    file(
      'proc/diskstats',
      ' 8 0 sda 1 2 4 500 5 6 8 700 0 10 20\n 8 1 sda1 1 1 1 1 1 1 1 1 1 1 1\n 7 0 loop0 1 1 1 1 1 1 1 1 1 1 1\n',
    )
    const lines = await read('diskstats')
    expect(lines).toContain('node_disk_read_bytes_total{device="sda"} 2048')
    expect(lines).toContain('node_disk_read_time_seconds_total{device="sda"} 0.5')
    expect(lines.some((line) => /sda1|loop0|flush/.test(line))).toBe(false)
  })

  test('network devices keep names with colons', async () => {
    file('proc/net/dev', 'h\nh\n  eth0:1: 10 2 0 0 0 0 0 0 30 4 0 0 0 0 0 0\n')
    expect(await read('netdev')).toContain('node_network_transmit_bytes_total{device="eth0:1"} 30')
  })

  test('a link without speed is left out', async () => {
    file('sys/class/net/eth0/operstate', 'up\n')
    file('sys/class/net/eth0/speed', '1000\n')
    file('sys/class/net/eth0/flags', '0x1003\n')
    file('sys/class/net/eth1/speed', '-1\n')
    const lines = await read('netclass')
    expect(lines).toContain('node_network_speed_bytes{device="eth0"} 125000000')
    expect(lines).toContain('node_network_up{device="eth1"} 0')
    expect(lines.filter((line) => line.includes('speed_bytes{device="eth1"'))).toEqual([])
    expect(lines.find((line) => line.startsWith('node_network_info{device="eth0"'))).toContain('adminstate="up"')
  })

  test('pressure knows which lines exist for which resource', async () => {
    file('proc/pressure/cpu', 'some avg10=0 total=2000000\nfull avg10=0 total=7\n')
    file('proc/pressure/io', 'some avg10=0 total=1000000\nfull avg10=0 total=500000\n')
    expect(await read('pressure')).toEqual([
      'node_pressure_cpu_waiting_seconds_total 2',
      'node_pressure_io_waiting_seconds_total 1',
      'node_pressure_io_stalled_seconds_total 0.5',
    ])
  })

  test('mounts: pseudo file systems are left out, escapes undone, read-only seen', async () => {
    const lines = [
      '36 35 98:0 / / rw,noatime - ext4 /dev/root rw',
      '37 35 98:0 / /mnt/a\\040b ro shared:1 - xfs /dev/b rw',
      '38 35 0:3 / /proc rw - proc proc rw',
      '39 35 0:4 / /x rw - tmpfs tmpfs rw',
    ]
    file('proc/1/mountinfo', `${lines.join('\n')}\n`)
    expect((await readMounts(roots.proc)).map((one) => [one.mountpoint, one.fstype, one.readonly])).toEqual([
      ['/', 'ext4', false],
      ['/mnt/a b', 'xfs', true],
      ['/x', 'tmpfs', false],
    ])
  })

  test('a file system is measured, one that is gone is told', async () => {
    file('proc/1/mountinfo', '1 0 1:1 / / rw - ext4 /dev/root rw\n2 0 1:1 / /not/there rw - ext4 /dev/x rw\n')
    const lines = await read('filesystem')
    const size = lines.find((line) => line.startsWith('node_filesystem_size_bytes{device="/dev/root"'))
    expect(Number(size?.split(' ').at(-1))).toBeGreaterThan(1e6)
    expect(lines).toContain(
      'node_filesystem_device_error{device="/dev/x",device_error="ENOENT",fstype="ext4",mountpoint="/not/there"} 1',
    )
  })

  test('a mount that hangs is waited for once, until it answers', async () => {
    file('proc/1/mountinfo', '1 0 1:1 / /nfs rw - nfs4 server:/x rw\n')
    const clock = new TestClock()
    const answers: (() => void)[] = []
    const ask = (): Promise<never> => new Promise((_, reject) => answers.push(() => reject(new Error('gone'))))
    const collect = filesystemCollector({ clock, ask })
    const errors = async (collected: ReturnType<typeof collect>): Promise<unknown> =>
      (await collected).find(({ name }) => name.endsWith('device_error'))?.samples[0]?.labels['device_error']

    const first = collect(roots)
    await vi.waitFor(() => expect(clock.sleepers).toBe(1))
    await clock.advance(5000)
    expect(await errors(first)).toBe('timeout')
    expect(await errors(collect(roots))).toBe('timeout')
    expect(answers).toHaveLength(1)
    answers[0]?.()
    await clock.advance(0)
    const again = collect(roots)
    await vi.waitFor(() => expect(answers).toHaveLength(2))
    answers[1]?.()
    expect(await errors(again)).toBe('unknown')
    expect(clock.sleepers).toBe(0)
  })

  test('a missing file fails its topic', async () => {
    await expect(read('vmstat')).rejects.toThrow('ENOENT')
  })
})
