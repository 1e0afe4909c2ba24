import { expect, test } from 'vitest'
import { groupingOf } from './grouping.ts'

const groups: [path: string, want: [string, string][]][] = [
  ['/metrics/job/batch', [['job', 'batch']]],
  ['/metrics/job/batch/', [['job', 'batch']]],
  [
    '/metrics/job/batch/instance/a',
    [
      ['instance', 'a'],
      ['job', 'batch'],
    ],
  ],
  ['/metrics/job@base64/L3Zhci90bXA', [['job', '/var/tmp']]],
  [
    '/metrics/job/titan/name@base64/zqDPgc6_zrzOt864zrXPjc-C',
    [
      ['job', 'titan'],
      ['name', 'Προμηθεύς'],
    ],
  ],
  [
    '/metrics/job/titan/name/%CE%A0%CF%81',
    [
      ['job', 'titan'],
      ['name', 'Πρ'],
    ],
  ],
  [
    '/metrics/job/a/empty@base64/=',
    [
      ['empty', ''],
      ['job', 'a'],
    ],
  ],
  ['/metrics/job@base64/YQ==', [['job', 'a']]],
  [
    '/metrics/job/a/path/b%2Fc',
    [
      ['job', 'a'],
      ['path', 'b/c'],
    ],
  ],
  ['/metrics/job/a/job/b', [['job', 'a']]],
]
test.each(groups)('%s groups by its labels', (path, want) => {
  expect(groupingOf(path)).toEqual(want)
})

const refused: [path: string, reason: string][] = [
  ['/metrics/job/', 'odd number of components'],
  ['/metrics/job/a/instance', 'odd number of components'],
  ['/metrics/job@base64/=', 'job name is required'],
  ['/metrics/job/a/in-stance/b', 'improper label name "in-stance"'],
  ['/metrics/job/a/__name__/b', 'improper label name "__name__"'],
  ['/metrics/job/a/b@base64/****', 'invalid base64 encoding for label b="****"'],
  ['/metrics/job/a/b@base64/_w', 'invalid base64 encoding'],
  ['/metrics/job/a/b/%zz', 'not valid percent-encoding'],
]
test.each(refused)('%s is refused', (path, reason) => {
  expect(() => groupingOf(path)).toThrow(reason)
})
