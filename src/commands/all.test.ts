import { expect, test } from 'vitest'
import { commandOf, usage } from './all.ts'

test('a command is known by its name alone', () => {
  expect(commandOf('serve')?.summary).toMatch(/^runs Bongsu/)
  expect(usage()).toMatch(/^ {2}serve /m)
  for (const name of ['', 'server', 'constructor', '__proto__']) expect(commandOf(name)).toBeUndefined()
})
