import type { FastifyInstance } from 'fastify'

/** Which methods a path is registered with: what tells a wrong method from a wrong path. */
export interface KnownRoutes {
  /** In order of name; none for an unknown path. OPTIONS, which may be answered for whole folders, is left out. */
  methodsOf(path: string): readonly string[]
}

/** Watches the routes that are registered from now on. Their patterns may have whole segments as parameters (`/a/:b`), or end in `*`. */
export function knownRoutes(app: FastifyInstance): KnownRoutes {
  const fixed = new Map<string, Set<string>>()
  const patterns = new Map<string, { readonly regexp: RegExp; readonly methods: Set<string> }>()
  const methodsFor = (url: string): Set<string> => {
    if (!/[:*]/.test(url)) {
      const known = fixed.get(url) ?? new Set()
      fixed.set(url, known)
      return known
    }
    const known = patterns.get(url) ?? { regexp: toRegexp(url), methods: new Set() }
    patterns.set(url, known)
    return known.methods
  }
  app.addHook('onRoute', ({ url, method }) => {
    for (const one of [method].flat()) if (one !== 'OPTIONS') methodsFor(url).add(one)
  })
  return {
    methodsOf: (path) => {
      const found = [...patterns.values()].filter(({ regexp }) => regexp.test(path)).map(({ methods }) => methods)
      return [...new Set([fixed.get(path) ?? [], ...found].flatMap((methods) => [...methods]))].sort()
    },
  }
}

function toRegexp(url: string): RegExp {
  const escaped = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replace(/:[^/]+/g, '[^/]+').replace(/\*$/, '.*')}$`)
}
