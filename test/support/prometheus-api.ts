/** A small client of the Prometheus HTTP API, for asking Bongsu and Prometheus the same thing. */
export interface VectorSample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [time: number, value: string]
}

export interface MatrixSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [time: number, value: string])[]
}

export async function api<T>(base: string, path: string, params: Readonly<Record<string, string>> = {}): Promise<T> {
  const response = await fetch(`${base}/api/v1/${path}?${new URLSearchParams(params).toString()}`)
  const body = (await response.json()) as { status: string; data: T; error?: string }
  if (body.status !== 'success') throw new Error(`${path}: ${response.status} ${body.error ?? ''}`)
  return body.data
}

export async function vector(base: string, query: string, time?: number): Promise<readonly VectorSample[]> {
  const at = time === undefined ? {} : { time: String(time) }
  return (await api<{ result: readonly VectorSample[] }>(base, 'query', { query, ...at })).result
}

/** Raw samples: a range selector at one time. */
export async function raw(base: string, query: string, time: number): Promise<readonly MatrixSeries[]> {
  return (await api<{ result: readonly MatrixSeries[] }>(base, 'query', { query, time: String(time) })).result
}
