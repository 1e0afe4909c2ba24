import { expect, test } from 'vitest'
import { deferred } from '../core/deferred.ts'
import type { Deferred } from '../core/deferred.ts'
import { Telemetry } from '../core/telemetry.ts'
import type { TenantId } from '../model/tenant.ts'
import { QueryGate } from './query-gate.ts'

const never = new AbortController().signal

function gate(maxConcurrent: number, maxConcurrentPerTenant: number, maxWaiting: number): QueryGate {
  return new QueryGate({ maxConcurrent, maxConcurrentPerTenant, maxWaiting }, { telemetry: new Telemetry() })
}

/** Queries that say when they began and end when they are told. */
function queries(under: QueryGate): {
  begin: (tenant: string, name: string) => Promise<void>
  end: (name: string) => void
  began: string[]
} {
  const ends = new Map<string, Deferred<void>>()
  const began: string[] = []
  return {
    began,
    begin: (tenant, name) => {
      const end = deferred()
      ends.set(name, end)
      return under.run(tenant as TenantId, () => (began.push(name), end.promise), never)
    },
    end: (name) => ends.get(name)?.resolve(),
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a tenant takes no more than its places, and leaves the others theirs', async () => {
  const { begin, end, began } = queries(gate(3, 2, 10))
  const all = ['a1', 'a2', 'a3'].map((name) => begin('a', name))
  all.push(begin('b', 'b1'))
  await turn()
  expect(began).toEqual(['a1', 'a2', 'b1'])
  end('a1')
  await turn()
  expect(began).toEqual(['a1', 'a2', 'b1', 'a3'])
  for (const name of ['a2', 'a3', 'b1']) end(name)
  await Promise.all(all)
})

test('all tenants together take no more than there is', async () => {
  const { begin, end, began } = queries(gate(1, 1, 10))
  const all = [begin('a', 'a1'), begin('b', 'b1')]
  await turn()
  expect(began).toEqual(['a1'])
  end('a1')
  await turn()
  expect(began).toEqual(['a1', 'b1'])
  end('b1')
  await Promise.all(all)
})

test('a line that is too long is told so at once', async () => {
  const { begin, end } = queries(gate(1, 1, 1))
  const all = [begin('a', 'a1'), begin('a', 'a2')]
  await turn()
  await expect(begin('a', 'a3')).rejects.toMatchObject({ code: 'query.too_many_queries', status: 429 })
  end('a1')
  await turn()
  end('a2')
  await Promise.all(all)
})

test('who waits too long leaves the line with the reason', async () => {
  const under = gate(1, 1, 5)
  const { begin, end } = queries(under)
  const first = begin('a', 'a1')
  await turn()
  const over = new AbortController()
  const waiting = under.run('a' as TenantId, () => Promise.resolve(1), over.signal)
  over.abort(new Error('time is over'))
  await expect(waiting).rejects.toThrow('time is over')
  end('a1')
  await first
})
