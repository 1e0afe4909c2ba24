import { describe, expect, test } from 'vitest'
import { messageOf } from '../errors.ts'
import { Templates } from './template.ts'
import {
  ANY,
  FLOAT64,
  goFunction,
  GoError,
  INT,
  pointerTo,
  STRING,
  stringMap,
  Typed,
  variadicFunction,
} from './value.ts'
import type { GoType, GoValue } from './value.ts'

const PERSON: GoType = {
  name: 'test.Person',
  kind: 'struct',
  fields: {
    Name: STRING,
    Age: INT,
    Friend: pointerTo({ name: 'test.Person', kind: 'struct', fields: { Name: STRING } }),
  },
  methods: { Greet: { params: [STRING], call: (_, text) => `${text as string}!` } },
}
const nobody = new Typed(PERSON.fields?.['Friend'] as GoType, null)
const ann = new Typed(PERSON, { Name: 'Ann', Age: 42n, Friend: nobody })

const functions = {
  twice: goFunction([STRING], (text) => `${text as string}${text as string}`),
  fail: goFunction([], () => {
    throw new GoError('it failed')
  }),
  count: variadicFunction([STRING, ANY], (_, ...rest) => BigInt(rest.length)),
  half: goFunction([FLOAT64], (value) => (value as number) / 2),
}

function run(text: string, data?: GoValue, missingKey: 'invalid' | 'zero' | 'error' = 'invalid'): string {
  try {
    const templates = new Templates({ functions, missingKey })
    templates.parse('t', text)
    return templates.execute('t', data)
  } catch (error) {
    return messageOf(error)
  }
}

const list: GoValue = ['a', 'b', 'c']
const map: GoValue = new Map<string, GoValue>([
  ['b', 2n],
  ['a', 1n],
])

describe('text and actions', () => {
  test.each([
    ['plain { } text', undefined, 'plain { } text'],
    [
      '{{"a"}} {{`b\\n`}} {{\'x\'}} {{1_000}} {{0x1F}} {{017}} {{1e3}} {{1.5}} {{true}}',
      undefined,
      'a b\\n 120 1000 31 15 1000 1.5 true',
    ],
    ['{{"\\u00e9\\x41\\t"}}', undefined, 'éA\t'],
    ['a {{- 1 -}} b', undefined, 'a1b'],
    ['a\n  {{- /* no words */ -}}\n b', undefined, 'ab'],
    ['{{/* a comment */}}x', undefined, 'x'],
    ['{{- "a" }} {{ "b" -}} ', undefined, 'a b'],
    ['{{1 | printf "%d-%d" 2}}', undefined, '2-1'],
    ['{{("a" | twice) | twice}}', undefined, 'aaaa'],
    ['{{.}}', list, '[a b c]'],
    ['{{.}}', map, 'map[a:1 b:2]'],
    ['{{.a}} {{.c}}', map, '1 <no value>'],
    ['{{.Name}} is {{.Age}}, {{.Greet "hi"}} {{"ho" | .Greet}}', ann, 'Ann is 42, hi! ho!'],
    ['{{(index . 1)}}{{(slice . 1 3)}}', list, 'b[b c]'],
    ['{{$}} {{$x := 1}}{{$x}} {{$x = 2}}{{$x}}', 'd', 'd 1 2'],
  ])('%s', (text, data, output) => {
    expect(run(text, data)).toBe(output)
  })
})

describe('control', () => {
  test.each([
    ['{{if .}}yes{{else}}no{{end}}', 0, 'no'],
    ['{{if ""}}a{{else if 0}}b{{else if 1.5}}c{{else}}d{{end}}', undefined, 'c'],
    ['{{with .b}}{{.}}{{else}}none{{end}}', map, '2'],
    ['{{with .c}}{{.}}{{else with .a}}else {{.}}{{end}}', map, 'else 1'],
    ['{{range .}}<{{.}}>{{end}}', list, '<a><b><c>'],
    ['{{range $i, $x := .}}{{$i}}{{$x}} {{end}}', list, '0a 1b 2c '],
    ['{{range $k, $v := .}}{{$k}}={{$v}} {{end}}', map, 'a=1 b=2 '],
    ['{{range 3}}{{.}}{{end}}', undefined, '012'],
    ['{{range .}}x{{else}}empty{{end}}', [], 'empty'],
    ['{{range .}}{{if eq . "b"}}{{continue}}{{end}}{{.}}{{end}}', list, 'ac'],
    ['{{range .}}{{if eq . "b"}}{{break}}{{end}}{{.}}{{end}}', list, 'a'],
    ['{{$last := ""}}{{range .}}{{$last = .}}{{end}}{{$last}}', list, 'c'],
    ['{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}', undefined, '21'],
    ['{{define "x"}}[{{.}}]{{end}}{{template "x" 1}}{{template "x"}}', undefined, '[1][<no value>]'],
    ['{{block "b" 5}}<{{.}}>{{end}}', undefined, '<5>'],
    [
      '{{define "n"}}{{if gt . 0}}{{.}}{{template "n" (len (slice "aaaa" 0 (index (args) .)))}}{{end}}{{end}}x',
      undefined,
      't: function "args" not defined',
    ],
  ])('%s', (text, data, output) => {
    expect(run(text, data).replace(/^template: t:1: /, 't: ')).toBe(output)
  })

  test('a later text may define a template anew, but not with nothing', () => {
    const templates = new Templates()
    templates.parse('a', '{{define "x"}}one{{end}}{{template "x"}}')
    templates.parse('b', '{{define "x"}}two{{end}}')
    templates.parse('c', '{{define "x"}} {{end}}')
    expect(templates.execute('a', undefined)).toBe('two')
    expect(templates.has('x')).toBe(true)
  })
})

describe('built-in functions', () => {
  test.each([
    ['{{and 1 0 2}} {{or 0 "" "x"}} {{not 0}} {{and true}}', '0 x true true'],
    ['{{or 1 fail}}', '1'],
    ['{{len "é"}} {{len (slice "abc" 1)}} {{index "abc" 1}}', '2 2 98'],
    [
      '{{eq 1 1}} {{eq "a" "b" "a"}} {{ne 1 2}} {{lt 1.5 2.5}} {{le 2 2}} {{gt "b" "a"}} {{ge 1 2}}',
      'true true true true true true false',
    ],
    ['{{print 1 2 "a" "b" 3 4}} {{println "a" 1}}|', '1 2ab3 4 a 1\n|'],
    [
      '{{html "<a href=\'x\'>&"}} {{js "\'<\\n"}} {{urlquery "a b&c/é"}}',
      "&lt;a href=&#39;x&#39;&gt;&amp; \\'\\u003C\\u000A a+b%26c%2F%C3%A9",
    ],
    ['{{count "x"}} {{count "x" 1 nil}}', '0 2'],
    ['{{half 3}} {{half 3.0}}', '1.5 1.5'],
  ])('%s', (text, output) => {
    expect(run(text)).toBe(output)
  })
})

describe('what is wrong with a text, in the words of Go', () => {
  test.each([
    ['a\n{{', '2: unclosed action'],
    ['{{\n1\n', '3: unclosed action started at t:1'],
    ['{{.x', '1: unclosed action'],
    ['{{(1}}', '1: unclosed left paren'],
    ['{{)}}', '1: unexpected right paren'],
    ['{{"a}}', '1: unterminated quoted string'],
    ['{{`a}}', '1: unterminated raw quoted string'],
    ["{{'a}}", '1: unterminated character constant'],
    ['{{/* a }}', '1: unclosed comment'],
    ['{{/* a */ }}', '1: comment ends before closing delimiter'],
    ['{{1a}}', '1: bad number syntax: "1a"'],
    ['{{a#}}', "1: bad character U+0023 '#'"],
    ['{{.x:1}}', '1: expected :='],
    ['{{nothing}}', '1: function "nothing" not defined'],
    ['{{$x}}', '1: undefined variable "$x"'],
    ['{{.a * 100}}', '1: unexpected "*" in operand'],
    ['{{1.a}}', '1: bad number syntax: "1.a"'],
    ['{{"a".b}}', '1: unexpected . after term "\\"a\\""'],
    ['{{if}}x{{end}}', '1: missing value for if'],
    ['{{if 1}}x', '1: unexpected EOF'],
    ['{{end}}', '1: unexpected {{end}}'],
    ['{{else}}', '1: unexpected {{else}}'],
    ['{{if 1}}a{{else}}b{{else}}c{{end}}', '1: expected end; found {{else}}'],
    ['{{break}}', '1: {{break}} outside {{range}}'],
    ['{{1 | 2}}', '1: non executable command in pipeline stage 2'],
    ['{{|}}', '1: unexpected "|" in command'],
    ['{{range $a, $b, $c := .}}{{end}}', '1: too many declarations in range'],
    ['{{$a, $b := 1}}', '1: too many declarations in command'],
    ['{{template x}}', '1: unexpected "x" in template clause'],
    ['{{if 1}}{{define "x"}}{{end}}{{end}}', '1: unexpected <define> in command'],
    ['{{define "x"}}a{{end}}{{define "x"}}b{{end}}', '1: template: multiple definition of template "x"'],
    ['{{9223372036854775808999}}', '1: integer overflow: "9223372036854775808999"'],
    ['{{"\\z"}}', '1: invalid syntax'],
    ['{{abcdefghijklmn "x}}', '1: function "abcdefghijklmn" not defined'],
    ['{{.A "abcdefghijklmn"="x"}}', '1: unexpected "=" in operand'],
  ])('%s', (text, message) => {
    expect(run(text)).toBe(`template: t:${message}`)
  })
})

describe('what fails at work, in the words of Go', () => {
  test.each<readonly [string, GoValue, string]>([
    ['{{fail}}', undefined, '1:2: executing "t" at <fail>: error calling fail: it failed'],
    ['é {{fail | print}}', undefined, '1:5: executing "t" at <fail>: error calling fail: it failed'],
    ['a\n {{twice 1}}', undefined, '2:9: executing "t" at <1>: expected string; found 1'],
    ['{{1.5 | twice}}', undefined, '1:8: executing "t" at <twice>: wrong type for value; expected string; got float64'],
    ['{{twice}}', undefined, '1:2: executing "t" at <twice>: wrong number of args for twice: want 1 got 0'],
    ['{{count}}', undefined, '1:2: executing "t" at <count>: wrong number of args for count: want at least 1 got 0'],
    ['{{.Nope}}', ann, '1:2: executing "t" at <.Nope>: can\'t evaluate field Nope in type test.Person'],
    ['{{.Name.First}}', ann, '1:7: executing "t" at <.Name.First>: can\'t evaluate field First in type string'],
    ['{{.Friend.Name}}', ann, '1:9: executing "t" at <.Friend.Name>: nil pointer evaluating *test.Person.Name'],
    ['{{.Name 1}}', ann, '1:2: executing "t" at <.Name>: Name has arguments but cannot be invoked as function'],
    ['{{.a 1}}', map, '1:2: executing "t" at <.a>: a is not a method but has arguments'],
    ['{{"x" 1}}', undefined, '1:2: executing "t" at <"x">: can\'t give argument to non-function "x"'],
    ['{{nil}}', undefined, '1:2: executing "t" at <nil>: nil is not a command'],
    ['{{range 1.5}}{{end}}', undefined, '1:8: executing "t" at <1.5>: range can\'t iterate over 1.5'],
    ['{{template "gone"}}', undefined, '1:11: executing "t" at <{{template "gone"}}>: template "gone" not defined'],
    ['{{index . 5}}', list, '1:2: executing "t" at <index . 5>: error calling index: index out of range: 5'],
    [
      '{{eq 1 "a"}}',
      undefined,
      '1:2: executing "t" at <eq 1 "a">: error calling eq: incompatible types for comparison: int and string',
    ],
    [
      '{{lt true false}}',
      undefined,
      '1:2: executing "t" at <lt true false>: error calling lt: invalid type for comparison',
    ],
    ['{{len 3}}', undefined, '1:2: executing "t" at <len 3>: error calling len: len of type int'],
    [
      '{{define "x"}}{{fail}}{{end}}{{template "x"}}',
      undefined,
      '1:16: executing "x" at <fail>: error calling fail: it failed',
    ],
  ])('%s', (text, data, message) => {
    expect(run(text, data)).toBe(`template: t:${message}`)
  })

  test('missing keys are no value, a zero, or an error', () => {
    const labels = stringMap([['a', '1']])
    expect(run('{{.b}}', labels)).toBe('<no value>')
    expect(run('{{.b}}', labels, 'zero')).toBe('')
    expect(run('{{.c}}', map, 'zero')).toBe('<no value>')
    expect(run('{{.b.c}}', map, 'zero')).toContain("can't evaluate field c in type int")
    expect(run('{{.c.d}}', map, 'zero')).toContain('nil pointer evaluating interface {}.d')
    expect(run('{{.c}}', map, 'error')).toContain('map has no entry for key "c"')
    expect(run('{{.c}}', undefined, 'error')).toContain('nil data; no entry for key "c"')
  })
})

describe('limits', () => {
  test('templates within themselves end', () => {
    expect(run('{{define "x"}}{{template "x"}}{{end}}{{template "x"}}')).toContain(
      'exceeded maximum template depth (500)',
    )
  })

  test('long loops end', () => {
    expect(run('{{range 1000000000}}{{end}}')).toContain('exceeded 1000000 steps')
    expect(run('{{$s := "aaaaaaaaaa"}}{{range 100}}{{$s = printf "%s%s" $s $s}}{{end}}')).toContain('exceeded')
    expect(run('{{range 1000}}{{printf "%900000d" 1}}{{end}}')).toContain('exceeded 10000000 characters')
  })

  test('deep nesting is refused when it is read', () => {
    expect(run('{{if 1}}'.repeat(10_000))).toContain('nested deeper than 200')
    expect(run(`{{${'('.repeat(10_000)}1}}`)).toContain('nested deeper than 200')
  })
})
