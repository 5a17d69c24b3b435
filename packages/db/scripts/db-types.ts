import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Kysely, PostgresDialect, sql } from 'kysely';
import * as codegen from 'kysely-codegen';
import pg from 'pg';
import { runCommand } from '../src/cli/run-command.ts';
import { migrateToLatest } from '../src/migrate/migrator.ts';
import { startEphemeralCluster } from '../test/ephemeral-cluster.ts';

const OUT_FILE = fileURLToPath(new URL('../src/tables/database.generated.ts', import.meta.url));

/** `pnpm db:types [--check]`: writes the row types of a freshly migrated database, or fails where they are stale. */
await runCommand(async (args) => {
  const check = args.includes('--check');
  const cluster = await startEphemeralCluster();
  let types: string;
  try {
    await migrateToLatest({ connectionString: cluster.connectionString, jobQueue: false });
    types = await generateTypes(cluster.connectionString);
  } finally {
    await cluster.stop();
  }
  const current = await readFile(OUT_FILE, 'utf8').catch(() => '');
  if (types === current) return 'The database types are up to date.';
  if (check) throw new Error('The database types are stale: run `pnpm db:types` and commit what it writes.');
  await writeFile(OUT_FILE, types);
  return 'Wrote packages/db/src/tables/database.generated.ts.';
});

async function generateTypes(connectionString: string): Promise<string> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString, max: 2 }) }) });
  try {
    const columns = await columnOverrides(db);
    const types = await codegen.generate({
      db,
      dialect: codegenDialect(),
      outFile: null,
      excludePattern: '{graphile_worker.*,*.kysely_migration*}',
      customImports: { GeneratedAlways: 'kysely#GeneratedAlways' },
      overrides: { columns },
      // An override says itself whether null is among its values.
      postprocess: async ({ metadata }) => {
        for (const table of metadata.tables) {
          for (const column of table.columns) if (columns[`${table.name}.${column.name}`]) column.isNullable = false;
        }
        return metadata;
      },
      typeOnlyImports: true,
    });
    return `${types.trimEnd()}\n`;
  } finally {
    await db.destroy();
  }
}

/** The types that the parsers of connect() answer, in place of those of pg's own parsers. */
function codegenDialect(): codegen.PostgresDialect {
  const dialect = new codegen.PostgresDialect({ dateParser: 'string', partitions: false });
  const type = (name: string): codegen.IdentifierNode => new codegen.IdentifierNode(name);
  const either = (...names: string[]): codegen.UnionExpressionNode => new codegen.UnionExpressionNode(names.map(type));
  const written = either('Date', 'string');
  Object.assign(dialect.adapter.definitions, {
    Timestamp: new codegen.ColumnTypeNode(type('string'), written, written),
    Int8: new codegen.ColumnTypeNode(type('number'), either('number', 'bigint'), either('number', 'bigint')),
    // Written as text only: pg would make an array of SQL out of an array of JSON.
    Json: new codegen.ColumnTypeNode(type('JsonValue'), type('string'), type('string')),
  });
  return dialect;
}

/** Unions for text columns whose CHECK lists their values, and GeneratedAlways for columns that PostgreSQL computes. */
async function columnOverrides(db: Kysely<unknown>): Promise<Record<string, codegen.ExpressionNode>> {
  const { rows } = await sql<{
    path: string;
    constraint: string | null;
    nullable: boolean;
    has_default: boolean;
    computed: boolean;
  }>`
    select c.relname || '.' || a.attname as path, pg_get_constraintdef(k.oid) as constraint,
      not a.attnotnull as nullable, a.atthasdef as has_default, a.attgenerated = 's' as computed
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_constraint k on k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and a.atttypid in ('text'::regtype, 'tsvector'::regtype)
    order by 1, 2
  `.execute(db);
  const overrides: Record<string, codegen.ExpressionNode> = {};
  for (const { path, constraint, nullable, has_default, computed } of rows) {
    const values = constraint === null ? undefined : listedValues(constraint);
    if (!computed && !values) continue;
    const listed = values?.map((value) => new codegen.LiteralNode(value)) ?? [new codegen.IdentifierNode('string')];
    const type = new codegen.UnionExpressionNode(nullable ? [...listed, new codegen.IdentifierNode('null')] : listed);
    const wrapper = computed ? 'GeneratedAlways' : 'Generated';
    overrides[path] = computed || has_default ? new codegen.GenericExpressionNode(wrapper, [type]) : type;
  }
  return overrides;
}

/** `CHECK ((role = ANY (ARRAY['user'::text, 'admin'::text])))` → user, admin. */
function listedValues(constraint: string): string[] | undefined {
  const list = /^CHECK \(\(\w+ = ANY \(ARRAY\[((?:'[\w-]+'::text(?:, )?)+)\]\)\)\)$/.exec(constraint)?.[1];
  return list?.split(', ').map((item) => item.replaceAll(/'|::text/g, ''));
}
