import { expect, test } from 'vitest'
import { Annotations } from './annotations.ts'

test('each text is told once, where it came up last, in order of first appearance', () => {
  const annotations = new Annotations('a + b\n+ a')
  annotations.warn('x', { start: 0, end: 1 })
  annotations.warn('y', { start: 4, end: 5 })
  annotations.warn('x', { start: 8, end: 9 })
  annotations.info('x', { start: 0, end: 1 })
  expect(annotations.warnings).toEqual(['PromQL warning: x (2:3)', 'PromQL warning: y (1:5)'])
  expect(annotations.infos).toEqual(['PromQL info: x (1:1)'])
})

test('cases of one kind are told together, at the first place', () => {
  const annotations = new Annotations('a + b')
  const how = { join: (a: number, b: number) => a + b, text: (all: number) => `${all} of x` }
  annotations.joinedInfo('x', 2, { start: 0, end: 1 }, how)
  annotations.joinedInfo('x', 3, { start: 4, end: 5 }, how)
  expect(annotations.infos).toEqual(['PromQL info: 5 of x (1:1)'])
})

test('what is counted stays at its first place', () => {
  const annotations = new Annotations('a + b')
  annotations.countedWarning('x', { start: 0, end: 1 })
  annotations.countedWarning('x', { start: 4, end: 5 })
  expect(annotations.warnings).toEqual(['PromQL warning: x (2 occurrences) (1:1)'])
})
