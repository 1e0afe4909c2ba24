/** Where a server listens, or a peer is reached. */
export interface Address {
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

/** Reads `host:port`, `[v6]:port` and `:port`, which is every address of this machine; undefined when the text is none of them. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text)
  if (match === null) return undefined
  const port = Number(match[3])
  return port > 65_535 ? undefined : { host: match[1] ?? (match[2] || '0.0.0.0'), port }
}

/** `host:port`, with brackets around an IPv6 address. */
export function printAddress({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
