import { describe, expect, test } from 'vitest'
import { LabelSet } from '../../model/labels.ts'
import { compileRelabeling } from '../../pipeline/relabel/relabel.ts'
import { jobOf } from '../../../test/support/scrape-rig.ts'
import { globalUrl } from './global-url.ts'
import { discoveredLabels, targetLabels } from './target-labels.ts'
import { targetUrl } from './target-url.ts'
import { Target } from './target.ts'

type Labels = Readonly<Record<string, string>>

function populate(job: Record<string, unknown>, own: Labels, group: Labels = {}): LabelSet | undefined {
  const config = jobOf(job)
  return targetLabels(discoveredLabels(config, own, group), compileRelabeling(config.relabel_configs))
}

const DEFAULTS = {
  __scheme__: 'http',
  __metrics_path__: '/metrics',
  __scrape_interval__: '10s',
  __scrape_timeout__: '5s',
  __always_scrape_classic_histograms__: 'false',
  __convert_classic_histograms_to_nhcb__: 'false',
  __scrape_native_histograms__: 'false',
  job: 'j',
}

describe('labels of a target', () => {
  const cases: [name: string, job: Record<string, unknown>, own: Labels, group: Labels, want: Labels | undefined][] = [
    ['come from the job', {}, { __address__: 'h:1' }, {}, { ...DEFAULTS, __address__: 'h:1', instance: 'h:1' }],
    [
      'are its own before those of its group, before those of the job',
      {},
      { __address__: 'h', a: 'own' },
      { a: 'group', b: 'group', job: 'other', __scheme__: 'https', __metrics_path__: '/p', __scrape_interval__: '1m' },
      {
        ...DEFAULTS,
        __address__: 'h',
        __scheme__: 'https',
        __metrics_path__: '/p',
        __scrape_interval__: '1m',
        a: 'own',
        b: 'group',
        job: 'other',
        instance: 'h',
      },
    ],
    [
      'lose __meta_ but no other hidden label',
      {},
      { __address__: 'h', __meta_x: '1', __other: '2', instance: 'mine' },
      {},
      { ...DEFAULTS, __address__: 'h', __other: '2', instance: 'mine' },
    ],
    [
      'hold the first value of each parameter',
      { params: { a: ['1', '2'], b: [] } },
      { __address__: 'h', __param_c: '3' },
      {},
      { ...DEFAULTS, __address__: 'h', __param_a: '1', __param_c: '3', instance: 'h' },
    ],
    [
      'are relabeled',
      { relabel_configs: [{ source_labels: ['__meta_x'], target_label: '__address__' }] },
      { __address__: 'h', __meta_x: 'other:1' },
      {},
      { ...DEFAULTS, __address__: 'other:1', instance: 'other:1' },
    ],
    [
      'are none when relabeling drops it',
      { relabel_configs: [{ regex: '.*', action: 'drop' }] },
      { __address__: 'h' },
      {},
      undefined,
    ],
  ]
  test.each(cases)('%s', (_, job, own, group, want) => {
    expect(populate(job, own, group)?.toRecord()).toEqual(want)
  })

  const bad: [error: string, own: Labels][] = [
    ['no address', { a: 'b' }],
    ['"http://h" is not a valid hostname', { __address__: 'http://h' }],
    ['error parsing scrape interval: not a valid duration string: "x"', { __address__: 'h', __scrape_interval__: 'x' }],
    ['scrape timeout cannot be 0', { __address__: 'h', __scrape_timeout__: '0s' }],
    [
      'scrape timeout cannot be greater than scrape interval ("20s" > "10s")',
      { __address__: 'h', __scrape_timeout__: '20s' },
    ],
    [
      'label __scrape_native_histograms__ is not a boolean: "yes"',
      { __address__: 'h', __scrape_native_histograms__: 'yes' },
    ],
    ['invalid label value for "a"', { __address__: 'h', a: '\ud800' }],
  ]
  test.each(bad)('can be wrong: %s', (error, own) => {
    expect(() => populate({}, own)).toThrow(error)
  })
})

describe('the URL of a target', () => {
  const f = (labels: Labels, params: Record<string, string[]>): string => {
    const base = { __scheme__: 'http', __address__: 'h', __metrics_path__: '/metrics' }
    return targetUrl(LabelSet.of({ ...base, ...labels }), params)
  }
  test('is written as Go writes it', () => {
    expect(f({}, {})).toBe('http://h/metrics')
    expect(f({ __address__: 'h:80' }, {})).toBe('http://h:80/metrics')
    expect(f({ __scheme__: 'https', __address__: '[::1]:443' }, {})).toBe('https://[::1]:443/metrics')
    expect(f({ __metrics_path__: '' }, {})).toBe('http://h')
    expect(f({ __metrics_path__: 'm/ä b?c#d' }, {})).toBe('http://h/m/%C3%A4%20b%3Fc%23d')
    expect(f({}, { b: ['2', '3'], a: ['x y&z', "('*')"] })).toBe('http://h/metrics?a=x+y%26z&a=%28%27%2A%27%29&b=2&b=3')
    expect(f({ __param_b: 'label', __param_c: 'new' }, { b: ['2', '3'] })).toBe('http://h/metrics?b=label&b=3&c=new')
  })

  test('is shown to others under the external name', () => {
    const own = { port: '9090', scheme: 'https', host: 'ext.example:8443' }
    const g = (url: string, want: string): void => expect(globalUrl(url, own)).toBe(want)
    g('http://other:9090/metrics?a=b', 'http://other:9090/metrics?a=b')
    g('http://localhost:9090/metrics?a=b', 'https://ext.example:8443/metrics?a=b')
    g('http://127.0.0.1:9100/metrics', 'http://ext.example:9100/metrics')
    g('http://[::1]/metrics', 'http://ext.example/metrics')
    expect(globalUrl('http://localhost/', undefined)).toBe('http://localhost/')
  })
})

test('the phase of a target is its own, and differs between replicas', () => {
  const target = (address: string): Target => {
    const labels = populate({}, { __address__: address }) ?? LabelSet.EMPTY
    return new Target(labels, jobOf({}), labels)
  }
  expect(target('a:1').phase('s')).toBe(target('a:1').phase('s'))
  expect(target('a:1').phase('s')).not.toBe(target('a:1').phase('t'))
  expect(target('a:1').phase('s')).not.toBe(target('a:2').phase('s'))
})
