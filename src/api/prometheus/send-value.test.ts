import { gunzipSync } from 'node:zlib'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LabelSet } from '../../model/labels.ts'
import { LabelList } from '../../query/promql/eval/label-columns.ts'
import { emptyTable, setFloat } from '../../query/promql/eval/vector.ts'
import type { QueryValue } from '../../query/promql/result.ts'
import { compressAnswers } from '../compress.ts'
import { PointWriter } from './point-writer.ts'
import { sendValue } from './send-value.ts'

/** A matrix of `rows` series of 1,000 steps: some 25 kB each. */
function matrix(rows: number): QueryValue {
  const labels = new LabelList(Array.from({ length: rows }, (_, row) => LabelSet.of({ row: `é${row}` })))
  const vector = emptyTable(labels, 1000)
  for (let cell = 0; cell < rows * 1000; cell++) setFloat(vector, cell, cell / 7)
  return { type: 'matrix', grid: { start: 0, step: 1000, count: 1000 }, vector }
}

interface Body {
  readonly status: string
  readonly data: { readonly result: readonly { readonly metric: object; readonly values: readonly unknown[] }[] }
  readonly warnings?: readonly string[]
}

describe('sendValue', () => {
  let app: FastifyInstance
  let turns = 0
  beforeEach(() => {
    const points = PointWriter.open()
    app = Fastify()
    compressAnswers(app)
    app.get<{ Params: { rows: string } }>('/:rows', (request, reply) => {
      turns = 0
      const count = (): void => {
        turns++
        if (!reply.raw.writableEnded) setImmediate(count)
      }
      setImmediate(count)
      const notes = { warnings: ['take care'], infos: [] }
      return sendValue(reply, matrix(Number(request.params.rows)), points, { limit: 0, members: ',"stats":{}', notes })
    })
  })
  afterEach(() => app.close())

  const check = (text: string, rows: number): void => {
    const body = JSON.parse(text) as Body
    expect([body.status, body.warnings, body.data.result.length]).toEqual(['success', ['take care'], rows])
    expect(body.data.result.at(-1)?.metric).toEqual({ row: `é${rows - 1}` })
    expect(body.data.result.at(-1)?.values.at(-1)).toEqual([999, String((rows * 1000 - 1) / 7)])
  }

  test('a short answer comes with its length', async () => {
    const answer = await app.inject('/3')
    expect(answer.headers['content-type']).toBe('application/json')
    expect(Number(answer.headers['content-length'])).toBe(answer.rawPayload.length)
    check(answer.body, 3)
  })

  test('a long answer comes in parts, and leaves the event loop to others between them', async () => {
    const answer = await app.inject('/300')
    expect(answer.headers['content-length']).toBe(undefined)
    expect(turns).toBeGreaterThan(5)
    check(answer.body, 300)
  })

  test.each([3, 300])('%d series are compressed for those who accept it', async (rows) => {
    const answer = await app.inject({ url: `/${rows}`, headers: { 'accept-encoding': 'gzip' } })
    expect(answer.headers['content-encoding']).toBe('gzip')
    check(gunzipSync(answer.rawPayload).toString(), rows)
  })
})
