import { describe, expect, test } from 'vitest'
import { loadMigrations } from './migrate.ts'
import { placed } from './placement.ts'

const TABLE = `-- A comment; ENGINE = MergeTree in it means nothing.
-- shard by: id
CREATE TABLE IF NOT EXISTS t (
  id UInt64
)
ENGINE = ReplacingMergeTree(id)
ORDER BY id
SETTINGS non_replicated_deduplication_window = 1000`

const SYNC = 'fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1'

describe('placed', () => {
  test('on a single server a table is as written, and synced', () => {
    expect(placed(TABLE, { cluster: undefined })).toEqual([`${TABLE.slice(TABLE.indexOf('CREATE'))}, ${SYNC}`])
  })

  test('on a cluster a table is replicated within a shard, and spread by a distributed one', () => {
    expect(placed(TABLE, { cluster: 'prod' })).toEqual([
      `CREATE TABLE IF NOT EXISTS t_local ON CLUSTER 'prod' (
  id UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', id)
ORDER BY id
SETTINGS replicated_deduplication_window = 1000, ${SYNC}`,
      `CREATE TABLE IF NOT EXISTS t ON CLUSTER 'prod' AS t_local
ENGINE = Distributed('prod', currentDatabase(), 't_local', id)`,
    ])
  })

  test('on a cluster an alteration meets the local table everywhere', () => {
    expect(placed('ALTER TABLE t MODIFY TTL ts', { cluster: 'prod' })).toEqual([
      "ALTER TABLE t_local ON CLUSTER 'prod' MODIFY TTL ts",
    ])
  })

  test.each(['DROP TABLE t', 'OPTIMIZE TABLE t'])('refuses %s on a cluster, for which it has no rule', (statement) => {
    expect(() => placed(statement, { cluster: 'prod' })).toThrow(/no rule/)
  })

  test('every migration can be placed on a cluster, and run twice', async () => {
    for (const { name, text } of await loadMigrations()) {
      const statements = placed(text, { cluster: 'prod' })
      expect({ name, statements }).toEqual({
        name,
        statements: statements.map(
          () => expect.stringMatching(/^(CREATE TABLE IF NOT EXISTS|ALTER TABLE) \w+ ON CLUSTER 'prod'/) as string,
        ),
      })
      expect(statements[0]).toContain('Replicated')
    }
  })
})
