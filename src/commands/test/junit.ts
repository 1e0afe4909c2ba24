/** Results of unit tests as JUnit XML, for CI systems. Follows util/junitxml/junitxml.go@v3.14. */

export interface TestSuite {
  readonly name: string
  /** UnixMs. */
  readonly time: number
  readonly cases: readonly TestCase[]
}

export interface TestCase {
  readonly name: string
  readonly failures: readonly string[]
  /** What kept the tests of a file from running at all. */
  readonly error?: string
}

export function junitXml(suites: readonly TestSuite[]): string {
  return `<testsuites>${suites.map(suiteXml).join('')}</testsuites>`
}

function suiteXml({ name, time, cases }: TestSuite): string {
  const count = (of: (one: TestCase) => number): number => cases.reduce((sum, one) => sum + of(one), 0)
  const attributes = {
    name,
    tests: String(cases.length),
    failures: String(count(({ failures }) => failures.length)),
    errors: String(count(({ error }) => (error === undefined ? 0 : 1))),
    skipped: '0',
    timestamp: new Date(time).toISOString().slice(0, 19),
  }
  return `<testsuite${attributesXml(attributes)}>${cases.map(caseXml).join('')}</testsuite>`
}

function caseXml({ name, failures, error }: TestCase): string {
  const failed = failures.map((text) => `<failure>${escaped(text)}</failure>`).join('')
  const broken = error === undefined ? '' : `<error>${escaped(error)}</error>`
  return `<testcase${attributesXml({ name })}>${failed}${broken}</testcase>`
}

function attributesXml(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('')
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

/** As Go's encoding/xml has it; what XML has no form for becomes the replacement character. */
function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"'\t\n\r]/g, (char) => ESCAPES[char] ?? '')
    .replaceAll(/[\p{Cc}\ufffe\uffff]|\p{Cs}/gu, '\ufffd')
}
