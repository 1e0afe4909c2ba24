import { describe, expect, test } from 'vitest'
import { otlpReceiverSection, otlpSection } from './config.ts'
import { printAddress } from '../../core/address.ts'
import { listenAddress } from './listen-address.ts'

describe('the section otlp', () => {
  test('has the defaults of Prometheus', () => {
    expect(otlpSection.schema.parse({})).toEqual({
      translation_strategy: 'UnderscoreEscapingWithSuffixes',
      promote_all_resource_attributes: false,
      promote_resource_attributes: [],
      ignore_resource_attributes: [],
      keep_identifying_resource_attributes: false,
      convert_histograms_to_nhcb: false,
      promote_scope_metadata: false,
      label_name_underscore_sanitization: true,
      label_name_preserve_multiple_underscores: true,
    })
  })

  const bad: [name: string, section: object, problem: string][] = [
    ['an unknown strategy', { translation_strategy: 'Any' }, 'Invalid option'],
    ['an unknown key', { promote: true }, 'Unrecognized key'],
    ['all and some', { promote_all_resource_attributes: true, promote_resource_attributes: ['a'] }, 'simultaneously'],
    [
      'exceptions from nothing',
      { ignore_resource_attributes: ['a'] },
      "unless 'promote_all_resource_attributes' is true",
    ],
    ['an attribute twice', { promote_resource_attributes: ['a', ' a'] }, 'duplicated OTel resource attribute'],
    ['an empty attribute', { promote_resource_attributes: [' '] }, 'empty OTel resource attribute'],
  ]
  test.each(bad)('refuses %s', (_, section, problem) => {
    expect(otlpSection.schema.safeParse(section).error?.message).toContain(problem)
  })
})

describe('the section otlp_receiver', () => {
  test('converts deltas and bounds bodies by default', () => {
    expect(otlpReceiverSection.schema.parse({})).toMatchObject({
      max_body_size: 20 * 1024 ** 2,
      max_decompressed_size: 64 * 1024 ** 2,
      delta_temporality: 'convert',
      delta_max_stale: 300_000,
    })
  })

  test.each(['4317', 'host', 'host:port', 'host:65536'])('refuses the address %s', (address) => {
    expect(otlpReceiverSection.schema.safeParse({ grpc_listen_address: address }).success).toBe(false)
  })

  const addresses: [configured: string | undefined, want: string | undefined, isConfigured: boolean][] = [
    [undefined, '127.0.0.1:4317', false],
    ['', undefined, false],
    [':9', '0.0.0.0:9', true],
    ['localhost:0', 'localhost:0', true],
    ['[::1]:4317', '[::1]:4317', true],
  ]
  test.each(addresses)('listens at %s as %s', (configured, want, isConfigured) => {
    const address = listenAddress(configured, 4317)
    expect(address && printAddress(address)).toBe(want)
    expect(address?.configured ?? false).toBe(isConfigured)
  })
})
