import { Buffer } from 'node:buffer'
import { nanoToMs } from '../../core/time.ts'
import type { ProtoReader } from '../protobuf.ts'
import { keyValue } from './field-regions.ts'
import type { FieldRegions } from './field-regions.ts'

const TWO_32 = 4_294_967_296

/** An exemplar as sent. Ids are lower-case hex, '' when absent or all zeros. */
export interface OtlpExemplar {
  /** Undefined when not given: such an exemplar says nothing. */
  value: number | undefined
  /** UnixMs, 0 when not given. */
  timestamp: number
  traceId: string
  spanId: string
  readonly attributes: [name: string, value: string][]
}

/** Reads Exemplar fields. Source: opentelemetry-proto 1.11, metrics/v1, Exemplar. */
export function readExemplars(fields: FieldRegions): OtlpExemplar[] {
  const exemplars: OtlpExemplar[] = []
  fields.read((reader) => exemplars.push(readExemplar(reader)))
  return exemplars
}

function readExemplar(reader: ProtoReader): OtlpExemplar {
  const exemplar: OtlpExemplar = { value: undefined, timestamp: 0, traceId: '', spanId: '', attributes: [] }
  const outer = reader.enter()
  while (reader.next()) readField(reader, exemplar)
  reader.leave(outer)
  return exemplar
}

function readField(reader: ProtoReader, exemplar: OtlpExemplar): void {
  switch (reader.field) {
    case 2: {
      const at = reader.fixed64Offset()
      exemplar.timestamp = nanoToMs(reader.wordAt(at + 4), reader.wordAt(at))
      return
    }
    case 3:
      exemplar.value = reader.double()
      return
    case 4:
      exemplar.spanId = readId(reader)
      return
    case 5:
      exemplar.traceId = readId(reader)
      return
    case 6: {
      const at = reader.fixed64Offset()
      exemplar.value = (reader.wordAt(at + 4) | 0) * TWO_32 + reader.wordAt(at)
      return
    }
    case 7:
      exemplar.attributes.push(keyValue(reader))
      return
    default:
      reader.skip()
  }
}

function readId(reader: ProtoReader): string {
  const id = Buffer.from(reader.view()).toString('hex')
  return /^0*$/.test(id) ? '' : id
}
