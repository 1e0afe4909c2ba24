/** Every npm dependency of the server has one owner: the places that may import it, and why it is worth having. */
export const EXTERNALS: Readonly<Record<string, { readonly owners: readonly string[]; readonly why: string }>> = {
  chdb: { owners: ['store/embedded'], why: 'ClickHouse in process: the store itself' },
  fastify: { owners: ['api/', 'receive/'], why: 'HTTP routing, body limits, hooks: years of edge cases' },
  '@grpc/grpc-js': { owners: ['receive/otlp'], why: 'OTLP over gRPC: HTTP/2 framing, flow control, deadlines' },
  yaml: { owners: ['config/', 'receive/discovery'], why: 'YAML 1.2 with positions of every node' },
  zod: {
    owners: [
      'config/',
      'app-config/',
      'receive/',
      'pipeline/',
      'store/',
      'write/',
      'api/',
      'core/',
      'query/',
      'rules/',
    ],
    why: 'schemas of the config sections',
  },
  zstddec: {
    owners: ['core/zstd.ts'],
    why: 'zstd of request bodies on Node before 22.15: the reference decoder, in WebAssembly',
  },
  re2js: { owners: ['model/regexp.ts'], why: "Go's regular expressions in linear time" },
  undici: {
    owners: ['receive/http-client', 'receive/scrape', 'receive/discovery', 'store/remote'],
    why: 'HTTP client with TLS options, proxies, pools',
  },
}
