import { Bug } from '../core/errors.ts'
import type { Column } from './engine.ts'
import { parseNativeType } from './native-types.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The table's name, once it is seen to be one. */
export function tableName(table: string): string {
  if (!NAME.test(table)) throw new Bug(`no table name: ${JSON.stringify(table)}`)
  return table
}

/** The columns' names as a list for SQL. Names and types come from our own code; this keeps it that way. */
export function columnNames(columns: readonly Column[]): string {
  for (const { name, type } of columns) {
    if (!NAME.test(name)) throw new Bug(`no column name: ${JSON.stringify(name)}`)
    parseNativeType(type)
  }
  return columns.map(({ name }) => name).join(', ')
}
