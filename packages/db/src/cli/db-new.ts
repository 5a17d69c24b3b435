import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { MIGRATION_NAME, MIGRATIONS_FOLDER } from '../migrate/migrator.ts';
import { ROOT, runCommand } from './run-command.ts';

const TEMPLATE = `import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql\`\`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql\`\`.execute(db);
}
`;

/** `pnpm db:new <name>`: starts a migration, named by the UTC time. */
await runCommand(async ([given = '']) => {
  const name = given.toLowerCase().replaceAll(/[\s-]+/g, '_');
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+Z$/g, '');
  const migration = `${stamp}_${name}`;
  if (!MIGRATION_NAME.test(migration)) {
    throw new Error('Usage: pnpm db:new <name>, in lower-case words joined by _, such as add_prompt_labels.');
  }
  const path = join(MIGRATIONS_FOLDER, `${migration}.ts`);
  await writeFile(path, TEMPLATE, { flag: 'wx' });
  return `Wrote ${relative(ROOT, path)}. Fill it in, then run \`pnpm db:types\`.`;
});
