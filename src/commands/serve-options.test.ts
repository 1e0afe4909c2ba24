import { describe, expect, test } from 'vitest'
import { serveOptions } from './serve-options.ts'

describe('options of the server', () => {
  test('name the file, and win over the environment', () => {
    const env = { BONGSU_CONFIG: 'b.yml', BONGSU_LISTEN: ':1' }
    const { source, help } = serveOptions(['--config=a.yml', '--web.listen-address', ':2'], env)
    expect(help).toBeUndefined()
    expect(source).toMatchObject({ file: 'a.yml', env })
    expect(source.overrides).toEqual([
      { path: ['server', 'listen'], text: ':1', from: 'BONGSU_LISTEN' },
      { path: ['server', 'listen'], text: ':2', from: '--web.listen-address' },
    ])
  })

  test('paths start at the working directory, not at the folder of the file', () => {
    const [override] = serveOptions(['--data-dir', 'd'], {}).source.overrides
    expect(override).toMatchObject({ path: ['store', 'path'], text: `${process.cwd()}/d` })
  })

  test('are told by --help', () => {
    expect(serveOptions(['-h'], {}).help).toMatch(/--config FILE .*\n(.*\n)*.*--listen LISTEN/)
  })

  test('nothing else is taken', () => {
    expect(() => serveOptions(['x'], {})).toThrow('unknown argument "x"')
    expect(() => serveOptions(['--lsten', ':1'], {})).toThrow('did you mean --listen?')
  })
})
