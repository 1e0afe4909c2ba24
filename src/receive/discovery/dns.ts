import { printAddress } from '../../core/address.ts'
import { defineError, unreachable } from '../../core/errors.ts'
import type { DnsSdConfig } from './config.ts'
import { Refreshes } from './discoverer.ts'
import type { Discoverer, DiscovererDeps, DiscoveryStatus, Publish } from './discoverer.ts'
import { candidateNames } from './search-path.ts'
import type { SearchPath } from './search-path.ts'
import type { TargetGroup } from './target-group.ts'

/** What is asked of `node:dns/promises`; its `Resolver` is one. */
export interface DnsResolver {
  resolve4(name: string): Promise<readonly string[]>
  resolve6(name: string): Promise<readonly string[]>
  resolveSrv(name: string): Promise<readonly { readonly name: string; readonly port: number }[]>
  resolveMx(name: string): Promise<readonly { readonly exchange: string }[]>
  resolveNs(name: string): Promise<readonly string[]>
}

export interface DnsDeps extends DiscovererDeps {
  readonly resolver: DnsResolver
  readonly searchPath: () => Promise<SearchPath>
}

export const unresolved = defineError<{ name: string }>({
  code: 'discovery.unresolved_name',
  status: 502,
  blame: 'operator',
  retry: true,
  message: ({ name }) => `could not resolve ${JSON.stringify(name)}: no server gave a usable answer`,
  advice: 'Check the name servers of this machine; until they answer, the targets of that name stay.',
})

type Target = Readonly<Record<string, string>>

/**
 * `dns_sd_configs`: the records of some names, asked for every `refresh_interval`. A name that does not exist has no targets; one
 * that can't be asked for keeps those it had. Follows prometheus/discovery/dns/dns.go.
 */
export class DnsDiscoverer implements Discoverer {
  readonly #config: DnsSdConfig
  readonly #deps: DnsDeps
  readonly #refreshes: Refreshes
  readonly #known = new Map<string, TargetGroup>()

  constructor(config: DnsSdConfig, deps: DnsDeps) {
    this.#config = config
    this.#deps = deps
    this.#refreshes = new Refreshes('dns', deps)
  }

  get status(): DiscoveryStatus {
    return this.#refreshes.status
  }

  async run(publish: Publish, signal: AbortSignal): Promise<void> {
    const tell = (): void => publish([...this.#known.values()])
    const refresh = (): Promise<void> => this.#refreshAll().finally(() => (signal.aborted ? undefined : tell()))
    await this.#refreshes.repeat(this.#config.refresh_interval, refresh, () => undefined, signal)
  }

  async #refreshAll(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#config.names.map((name) => this.#refreshOne(name)))
    const failure = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failure !== undefined) throw failure.reason
  }

  async #refreshOne(name: string): Promise<void> {
    const targets = (await this.#lookUp(name)).map((target) => ({ ...target, __meta_dns_name: name }))
    this.#known.set(name, { source: name, labels: {}, targets })
  }

  async #lookUp(name: string): Promise<readonly Target[]> {
    let sure = true
    for (const candidate of candidateNames(name, await this.#deps.searchPath())) {
      try {
        return await this.#records(candidate)
      } catch (error) {
        const { code } = error as { code?: string }
        if (code === 'ENODATA') return [] // the name is there, without such records
        if (code !== 'ENOTFOUND') sure = false
      }
    }
    if (sure) return []
    throw unresolved({ name })
  }

  async #records(name: string): Promise<readonly Target[]> {
    const { resolver } = this.#deps
    const { type, port } = this.#config
    switch (type) {
      case 'A':
        return (await resolver.resolve4(name)).map((host) => ({ __address__: join(host, port) }))
      case 'AAAA':
        return (await resolver.resolve6(name)).map((host) => ({ __address__: join(host, port) }))
      case 'SRV':
        return (await resolver.resolveSrv(name)).map((srv) => ({
          __address__: join(srv.name, srv.port),
          __meta_dns_srv_record_target: rooted(srv.name),
          __meta_dns_srv_record_port: String(srv.port),
        }))
      case 'MX':
        return (await resolver.resolveMx(name)).map(({ exchange }) => ({
          __address__: join(exchange, port),
          __meta_dns_mx_record_target: rooted(exchange),
        }))
      case 'NS':
        return (await resolver.resolveNs(name)).map((server) => ({
          __address__: join(server, port),
          __meta_dns_ns_record_target: rooted(server),
        }))
      default:
        return unreachable(type)
    }
  }
}

function join(host: string, port: number): string {
  return printAddress({ host: host.replace(/\.+$/, ''), port })
}

// Records hold names with their final dot; the resolver cuts it.
function rooted(name: string): string {
  return name.endsWith('.') ? name : `${name}.`
}
