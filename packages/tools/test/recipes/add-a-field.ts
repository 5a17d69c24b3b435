import { behind, type Recipe } from './recipe.ts';

const MIGRATION = 'packages/db/src/migrations/…_group_color.ts';
const COLUMNS = 'packages/db/test/schema/columns.rows.ts';
const SCHEMA = 'packages/schemas/src/groups.ts';
const FEATURE = 'packages/api/src/features/groups';

/** Groups get a colour. */
export const addAField: Recipe = {
  title: 'Add a field to a thing',
  byHand: 7,
  start: ['db:new', 'group_color'],
  finish: [['db:types'], ['generate']],
  written: ['openapi.json', 'packages/db/src/tables/database.generated.ts'],
  edits: [
    {
      file: MIGRATION,
      before: 'up(db: Kysely<unknown>): Promise<void> {\n  await sql``',
      after:
        "up(db: Kysely<unknown>): Promise<void> {\n  await sql`ALTER TABLE groups ADD COLUMN color text CHECK (color ~ '^#[0-9a-f]{6}$')`",
    },
    {
      file: MIGRATION,
      before: 'down(db: Kysely<unknown>): Promise<void> {\n  await sql``',
      after: 'down(db: Kysely<unknown>): Promise<void> {\n  await sql`ALTER TABLE groups DROP COLUMN color`',
    },
    behind(
      COLUMNS,
      'export const checks: Readonly<Record<string, CheckProof>> = {\n',
      "  groups_color_check: { sets: 'color', refuses: [\"'blue'\", \"'#1F6FEB'\"], takes: [\"'#1f6feb'\"] },\n",
    ),
    { file: COLUMNS, before: "  groups: ['made_by'],", after: "  groups: ['color', 'made_by']," },
    behind(
      SCHEMA,
      'export const MAX_GROUP_PROMPTS = 500;\n',
      `
/** Red, green and blue, as \`#1f6feb\`; null for none. */
const Color = z
  .string()
  .max(7)
  .regex(/^#[0-9a-f]{6}$/)
  .nullable();
`,
    ),
    behind(SCHEMA, '    name: z.string().max(100),\n    description: z.string().max(5000),\n', '    color: Color,\n'),
    behind(
      SCHEMA,
      "    description: text(5000).optional().describe('What it is for.'),\n",
      "    color: Color.optional().describe('By which people know it again.'),\n",
    ),
    behind(`${FEATURE}/groups.queries.ts`, "      'groups.description',\n", "      'groups.color',\n"),
    behind(
      `${FEATURE}/create-group.ts`,
      "        description: input.description ?? '',\n",
      '        color: input.color ?? null,\n',
    ),
    behind(
      `${FEATURE}/update-group.ts`,
      '    const description = input.description ?? before.description;\n',
      '    const color = input.color === undefined ? before.color : input.color;\n',
    ),
    behind(
      `${FEATURE}/update-group.ts`,
      "      ...(description === before.description ? [] : ['description']),\n",
      "      ...(color === before.color ? [] : ['color']),\n",
    ),
    {
      file: `${FEATURE}/update-group.ts`,
      before: '.set({ name, description, updated_at',
      after: '.set({ name, description, color, updated_at',
    },
    {
      file: `${FEATURE}/update-group.ts`,
      before: 'Changes name and description; what',
      after: 'Changes name, description and colour; what',
    },
    behind(
      `${FEATURE}/groups.db.test.ts`,
      "describe('a group', () => {\n",
      `  it('has the colour that it was given last, until it is given none', async () => {
    const { id, color } = await as(cast.alice).groups.create({ name: 'Blue', color: '#1f6feb' });
    expect(color).toBe('#1f6feb');
    expect(await as(cast.alice).groups.update({ id, name: 'Still blue' })).toMatchObject({ color: '#1f6feb' });
    expect(await as(cast.alice).groups.update({ id, color: null })).toMatchObject({ color: null });
  });

`,
    ),
  ],
};
