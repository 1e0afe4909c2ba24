import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { IconArrowDown, IconArrowUp } from './icons.ts'
import styles from './virtual-table.module.css'

export interface Column<T> {
  readonly id: string
  readonly title: string
  readonly align?: 'end'
  readonly width?: number | string
  /** What the column sorts by; a column without can't be sorted by. */
  readonly sortBy?: (row: T) => number | string
  readonly render: (row: T) => ReactNode
}

export interface Sorting {
  readonly id: string
  readonly down: boolean
}

export interface VirtualTableProps<T> {
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly rowKey: (row: T, index: number) => string
  readonly initialSort?: Sorting
  /** CSS length; the table scrolls within. */
  readonly maxHeight: string
}

/** A real table of any length: only rows near the view are in the document. */
export function VirtualTable<T>({ label, columns, rows, rowKey, initialSort, maxHeight }: VirtualTableProps<T>) {
  const [sorting, setSorting] = useState<Sorting | undefined>(initialSort)
  const scroll = useRef<HTMLDivElement>(null)
  const sorted = useMemo(() => sortRows(rows, columns, sorting), [rows, columns, sorting])
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 28,
    overscan: 16,
  })
  const items = virtual.getVirtualItems()
  const before = items[0]?.start ?? 0
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    // The region scrolls, so it must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles['scroll']} style={{ maxHeight }} ref={scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={styles['table']} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sorting={sorting} onSort={setSorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Spacer height={before} columns={columns.length} />}
          {items.map(({ index }) => {
            const row = sorted[index]
            if (row === undefined) return null
            return (
              <tr
                key={rowKey(row, index)}
                data-row
                data-index={index}
                ref={virtual.measureElement}
                aria-rowindex={index + 2}
              >
                {columns.map((column) => (
                  <td key={column.id} data-align={column.align}>
                    {column.render(row)}
                  </td>
                ))}
              </tr>
            )
          })}
          {after > 0 && <Spacer height={after} columns={columns.length} />}
        </tbody>
      </table>
    </div>
  )
}

function Spacer({ height, columns }: { readonly height: number; readonly columns: number }) {
  return (
    <tr className={styles['spacer']} aria-hidden>
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
}

interface HeadCellProps<T> {
  readonly column: Column<T>
  readonly sorting: Sorting | undefined
  readonly onSort: (sorting: Sorting) => void
}

function HeadCell<T>({ column, sorting, onSort }: HeadCellProps<T>) {
  const active = sorting?.id === column.id
  const direction = active ? (sorting.down ? 'descending' : 'ascending') : 'none'
  const Icon = sorting?.down === true ? IconArrowDown : IconArrowUp
  const width = column.width === undefined ? {} : { width: column.width }
  if (column.sortBy === undefined)
    return (
      <th scope="col" data-align={column.align} style={width}>
        {column.title}
      </th>
    )
  return (
    <th scope="col" data-align={column.align} style={width} aria-sort={direction}>
      <button
        type="button"
        className={styles['sort']}
        onClick={() => onSort({ id: column.id, down: active ? !sorting.down : column.align === 'end' })}
      >
        {column.title}
        {active && <Icon size={12} aria-hidden />}
      </button>
    </th>
  )
}

function sortRows<T>(rows: readonly T[], columns: readonly Column<T>[], sorting: Sorting | undefined): readonly T[] {
  const sortBy = columns.find(({ id }) => id === sorting?.id)?.sortBy
  if (sortBy === undefined || sorting === undefined) return rows
  const sign = sorting.down ? -1 : 1
  return [...rows].sort((a, b) => sign * compare(sortBy(a), sortBy(b)))
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a))
    return a - b
  }
  return String(a).localeCompare(String(b), undefined, { numeric: true })
}
