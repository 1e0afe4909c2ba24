import { describe, expect, test } from 'vitest'
import { expandEnvironment } from './env.ts'
import { nearest } from './nearest.ts'
import { httpUrlFault, urlFault } from './url.ts'
import { sizeWithUnit } from './values.ts'

describe('sizes with a unit', () => {
  const cases: [text: string, want: number | undefined][] = [
    ['0', 0],
    ['15MB', 15 * 1024 ** 2],
    ['1KiB', 1024],
    ['1.5GB', 1.5 * 1024 ** 3],
    ['1GB512MB', 1024 ** 3 + 512 * 1024 ** 2],
    ['10B', 10],
    ['100', undefined],
    ['-1GB', undefined],
    ['1XB', undefined],
    ['MB', undefined],
    ['', undefined],
  ]
  test.each(cases)('%j', (text, want) => {
    expect(sizeWithUnit.safeParse(text).data).toBe(want)
  })
})

describe('URLs', () => {
  const cases: [text: string, url: boolean, http: boolean][] = [
    ['http://a', true, true],
    ['https://u:p@a:80/x?y#z', true, true],
    ['HTTP://[::1]:80', true, true],
    ['ftp://a', true, false],
    ['localhost:9090', true, false],
    ['127.0.0.1:9090', false, false],
    ['/path', true, false],
    ['', true, false],
    ['http://', true, false],
    ['http:/a', true, false],
    ['://a', false, false],
    ['http://a b', false, false],
    ['http://a:x', false, false],
    ['http://[::1', false, false],
    ['http://a/%zz', false, false],
    ['http://a/\n', false, false],
  ]
  test.each(cases)('%j', (text, url, http) => {
    expect([urlFault(text) === undefined, httpUrlFault(text) === undefined]).toEqual([url, http])
  })
})

describe('environment variables in a text', () => {
  const cases: [text: string, want: string, missing: readonly string[]][] = [
    ['${A}-$A', 'x-x', []],
    ['a$Ab', 'a', ['Ab']],
    ['${NOT}', '', ['NOT']],
    ['$$A', '$A', []],
    ['${$}', '$', []],
    ['plain', 'plain', []],
    ['a$', 'a$', []],
  ]
  test.each(cases)('%s', (text, want, missing) => {
    const heard: string[] = []
    expect(expandEnvironment(text, { A: 'x' }, (name) => heard.push(name))).toBe(want)
    expect(heard).toEqual(missing)
  })
})

test('the nearest word is one slip away, not another word', () => {
  const words = ['scrape_interval', 'scrape_timeout', 'params']
  expect(nearest('scrape_intervall', words)).toBe('scrape_interval')
  expect(nearest('scrap_timeuot', words)).toBe('scrape_timeout')
  expect(nearest('headers', words)).toBeUndefined()
})
