import { behind, type Recipe } from './recipe.ts';

const SCHEMA = 'packages/schemas/src/groups.ts';
const FEATURE = 'packages/api/src/features/groups';

/** Groups list who has put prompts into them. */
export const addAProcedure: Recipe = {
  title: 'Add a procedure',
  byHand: 5,
  finish: [['generate'], ['test', 'packages/api/test/contract.test.ts', '-u']],
  written: [
    'docs/access.md',
    'docs/errors.md',
    'openapi.json',
    'packages/api/test/__snapshots__/contract.test.ts.snap',
  ],
  edits: [
    behind(
      SCHEMA,
      'export type GroupPromptInput = z.infer<typeof GroupPromptInput>;\n',
      `
export const GroupContributor = z
  .strictObject({ user: PublicUser, promptCount: z.int().min(1) })
  .meta({ id: 'GroupContributor' });
export type GroupContributor = z.infer<typeof GroupContributor>;
export const GroupContributorPage = pageOf(GroupContributor).meta({ id: 'GroupContributorPage' });

export const ListContributorsInput = z.strictObject({ id: Id, ...pageInput });
export type ListContributorsInput = z.infer<typeof ListContributorsInput>;
`,
    ),
    {
      file: `${FEATURE}/groups.router.ts`,
      before: '  GroupEvent,\n  GroupPage,\n  GroupPromptInput,\n  GroupWithPrompts,\n  ListGroupsInput,\n',
      after:
        '  GroupContributorPage,\n  GroupEvent,\n  GroupPage,\n  GroupPromptInput,\n  GroupWithPrompts,\n  ListContributorsInput,\n  ListGroupsInput,\n',
    },
    {
      file: `${FEATURE}/groups.router.ts`,
      before: 'import { getGroupWithPrompts, listGroups }',
      after: 'import { getGroupWithPrompts, listContributors, listGroups }',
    },
    behind(
      `${FEATURE}/groups.router.ts`,
      '    .query(({ ctx, input }) => getGroupWithPrompts(ctx, input)),\n',
      `
  contributors: procedure
    .meta({
      can: 'group.read',
      errors: groupErrors.read,
      rest: {
        method: 'GET',
        path: '/groups/{id}/contributors',
        summary: 'List who has put prompts into a group, and how many of them you may read',
        tags,
      },
    })
    .input(ListContributorsInput)
    .output(GroupContributorPage)
    .query(({ ctx, input }) => listContributors(ctx, input)),
`,
    ),
    {
      file: `${FEATURE}/groups.queries.ts`,
      before:
        "import { GetGroupInput, type Group, type GroupWithPrompts, type ListGroupsInput } from '@promptory/schemas';\n",
      after: `import {
  GetGroupInput,
  type Group,
  type GroupContributor,
  type GroupWithPrompts,
  type ListContributorsInput,
  type ListGroupsInput,
} from '@promptory/schemas';
`,
    },
    {
      file: `${FEATURE}/groups.queries.ts`,
      before: "import { listedGroups, readableGroups, readablePrompts } from '../../access/visibility.ts';\n",
      after: `import { requireGroup } from '../../access/require.ts';
import { listedGroups, readableGroups, readablePrompts } from '../../access/visibility.ts';
`,
    },
    {
      file: `${FEATURE}/groups.queries.ts`,
      before: '/**\n * The group with a page of the prompts',
      after: `/**
 * Who has put prompts that the caller may read into the group.
 * @throws AppError group.not_found
 */
export async function listContributors(
  ctx: ListContext,
  input: ListContributorsInput,
): Promise<Page<GroupContributor>> {
  await requireGroup(ctx.db, ctx.who, input.id, 'read');
  const { after, limit, cursorOf } = listCursor(ctx, 'contributors', input);
  const counted = ctx.db
    .selectFrom('group_prompts')
    .innerJoin('prompts', 'prompts.id', 'group_prompts.prompt_id')
    .innerJoin('users', 'users.id', 'group_prompts.added_by')
    .select([publicUser('users').as('user'), sql<number>\`count(*)\`.as('promptCount')])
    .where('group_prompts.group_id', '=', input.id)
    .where(readablePrompts(ctx.who))
    .groupBy('users.id');
  const rows = await keysetPage(counted, { orderBy: [{ by: 'users.id', direction: 'asc' }], limit, after }).execute();
  return toPage(rows, limit, ({ user }) => cursorOf([user.id]));
}

/**
 * The group with a page of the prompts`,
    },
    behind(
      `${FEATURE}/groups.db.test.ts`,
      "describe('a group', () => {\n",
      `  it('names who has put prompts into it, to those who may read it', async () => {
    const { id } = await as(cast.alice).groups.create({ name: 'Together' });
    const prompt = await as(cast.alice).prompts.create({ title: 'One', content: 'One' });
    await as(cast.alice).groups.addPrompt({ id, promptId: prompt.id });
    const { items } = await as(cast.alice).groups.contributors({ id });
    expect(items).toMatchObject([{ user: { id: cast.alice.id }, promptCount: 1 }]);
    expect(await codeOf(as(cast.mallory).groups.contributors({ id }))).toBe('group.not_found');
  });

`,
    ),
    behind(
      'apps/server/test/contract/access-matrix.rows.ts',
      "  'groups.get': row(groupReaders, (w) => ({ id: w.group })),\n",
      "  'groups.contributors': row(groupReaders, (w) => ({ id: w.group })),\n",
    ),
  ],
};
