/** What is secret in a configuration shows nowhere: not in what is printed of it, not in problems, not in errors. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadAppConfig } from '../src/app-config/load-app-config.ts'
import { printAppConfig } from '../src/app-config/sections.ts'
import { flagsOf } from '../src/app-config/settings.ts'
import { printProblem } from '../src/config/problem.ts'
import { configRefused } from '../src/config/reload.ts'

let folder = ''
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'bongsu-secrets-'))))
afterAll(() => rmSync(folder, { recursive: true }))

const load = (text: string) => {
  const file = join(folder, 'main.yml')
  writeFileSync(file, text)
  return loadAppConfig({ file, overrides: [], env: {}, lookForFiles: true })
}

const SECRETS = `
store: {url: 'http://me:whisper1@db:8123', password: hush2}
remote_write:
- url: http://u:whisper3@a/write
  basic_auth: {username: u, password: hush4}
- url: http://b/write
  sigv4: {region: r, access_key: k, secret_key: hush5}
remote_read: [{url: 'http://c/read', authorization: {credentials: hush6}}]
alerting: {alertmanagers: [{bearer_token: hush7}]}
scrape_configs:
- job_name: a
  authorization: {credentials: hush8}
  proxy_url: http://u:whisper9@proxy:3128
  proxy_connect_header: {X-Key: [hush10]}
  tls_config: {cert: c, key: hush11}
  http_headers: {X-Key: {secrets: [hush12]}}
- job_name: b
  oauth2: {client_id: i, client_secret: hush13, token_url: 'http://u:whisper16@t'}
  http_sd_configs: [{url: 'http://u:whisper14@sd/', basic_auth: {username: u, password: hush15}}]
`

test('what is shown of a configuration holds none of it', async () => {
  const { config, problems } = await load(SECRETS)
  expect(problems.filter(({ severity }) => severity === 'error').map(printProblem)).toEqual([])
  const loaded = config as NonNullable<typeof config>
  const shown = [printAppConfig(loaded), ...Object.values(flagsOf(loaded)), ...problems.map(printProblem)].join('\n')
  expect(shown).toContain('<secret>')
  expect(shown).toContain('xxxxx')
  expect(shown).not.toMatch(/hush|whisper/)
})

test('a secret that is logged by accident is not told', async () => {
  const { config } = await load(SECRETS)
  for (const text of [JSON.stringify(config), inspect(config, { depth: Infinity })]) {
    expect(text).toContain('<secret>')
    expect(text).not.toMatch(/hush/)
  }
})

const broken: [name: string, text: string][] = [
  ['two ways to sign in', 'scrape_configs: [{job_name: a, bearer_token: hush, authorization: {credentials: hush}}]'],
  ['a secret that is a list', 'scrape_configs: [{job_name: a, authorization: {credentials: [hush]}}]'],
  ['a URL that is none', "scrape_configs: [{job_name: a, proxy_url: 'http://u:hush@a b:1'}]"],
  ['a store that is no URL', "store: {url: 'ftp://u:hush@db', password: [hush]}"],
  ['a discovery that is no URL', "scrape_configs: [{job_name: a, http_sd_configs: [{url: 'ftp://u:hush@a'}]}]"],
]
test.each(broken)('a problem does not quote it: %s', async (_, text) => {
  const { problems } = await load(text)
  expect(problems.length).toBeGreaterThan(0)
  expect(configRefused({ problems }).message).not.toMatch(/hush|whisper/)
})
