import { expect, test } from 'vitest'
import { differences } from './differences.ts'
import { junitXml } from './junit.ts'

test('two texts differ in lines', () => {
  expect(differences('a\nb\nc', 'a\nx\nc\nd')).toBe('  a\n- b\n+ x\n  c\n+ d')
  expect(differences('a', 'a')).toBe('  a')
})

test('JUnit XML counts, and escapes', () => {
  const cases = [
    { name: 'good', failures: [] },
    { name: '<bad>', failures: ['a "b"\nc\u001b', 'd'] },
    { name: 'unknown', failures: [], error: 'no file' },
  ]
  expect(junitXml([{ name: 'a&b.yml', time: 1_700_000_000_000, cases }])).toBe(
    '<testsuites><testsuite name="a&amp;b.yml" tests="3" failures="2" errors="1" skipped="0" timestamp="2023-11-14T22:13:20">' +
      '<testcase name="good"></testcase>' +
      '<testcase name="&lt;bad&gt;"><failure>a &#34;b&#34;&#xA;c\ufffd</failure><failure>d</failure></testcase>' +
      '<testcase name="unknown"><error>no file</error></testcase></testsuite></testsuites>',
  )
})
