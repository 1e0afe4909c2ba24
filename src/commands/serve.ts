import type { Command } from './command.ts'

export const serve: Command = {
  summary: 'runs Bongsu: takes signals in, keeps them, answers queries, serves the page',
  run: () => Promise.resolve(0),
}
