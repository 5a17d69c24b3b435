import type { inferOutputs, Promptory } from '@promptory/client';
import type { Cli } from '../../cli.ts';
import { ExitCode, Failure } from '../../failure.ts';
import { visible } from '../../terminal/visible.ts';
import { askFor, asPerson, type SignInOptions } from './sign-in.ts';

type Plan = inferOutputs<'me.deletion'>;
type Item = Plan['items'][number];

/** What is written about each reason, whose names are the server's. */
const REASONS: Readonly<Record<NonNullable<Item['removedFor']>, string>> = {
  no_editor: 'no active editor could own it',
  not_shared: 'it is in no group whose owner could own it',
  no_room: 'whoever would own it has no room',
};

interface ShownPlan extends Omit<Plan, 'items' | 'nextCursor'> {
  readonly items: readonly Item[];
}

/** All pages, as one state of the account shows them. */
async function wholePlan(promptory: Promptory): Promise<ShownPlan> {
  const items: Item[] = [];
  let page = await promptory.me.deletion.query({ limit: 100 });
  const { totals, isLastAdmin, revision } = page;
  items.push(...page.items);
  while (page.nextCursor !== null) {
    page = await promptory.me.deletion.query({ limit: 100, cursor: page.nextCursor });
    if (page.revision !== revision)
      throw new Failure(ExitCode.conflict, 'Something has changed meanwhile: run it again.');
    items.push(...page.items);
  }
  return { items, totals, isLastAdmin, revision };
}

function planText({ items, totals, isLastAdmin, revision }: ShownPlan): string {
  const lines = items.map(({ kind, name, to, removedFor }) =>
    to === null
      ? `  ${kind} "${visible(name)}" is removed${removedFor === null ? '' : `: ${REASONS[removedFor]}`}`
      : `  ${kind} "${visible(name)}" passes to ${visible(to.name)}`,
  );
  const { groupsPassed, groupsRemoved, promptsPassed, promptsRemoved, promptsInTrash } = totals;
  return [
    `Of your groups ${groupsPassed} would pass on and ${groupsRemoved} be removed; of your prompts ${promptsPassed} and ${promptsRemoved}, and ${promptsInTrash} in the trash.`,
    ...lines,
    ...(isLastAdmin ? ['You are the last active administrator: your account is not deleted.'] : []),
    `Revision ${revision}`,
  ].join('\n');
}

/** Shows what would become of what an account owns; changes nothing. */
export async function planDeletion(cli: Cli, options: SignInOptions): Promise<void> {
  const plan = await asPerson(cli, options, ({ promptory }) => wholePlan(promptory));
  cli.out.answer(plan, () => planText(plan));
}

/** Deletes an account for good, as it was shown: at a terminal just now, elsewhere by the plan of the revision that is given. */
export async function deleteAccount(
  cli: Cli,
  { revision: given, ...options }: SignInOptions & { readonly revision?: string | undefined },
): Promise<void> {
  const { stdin, stderr } = cli.surroundings;
  if (given === undefined && (options.passwordStdin === true || !stdin.isTTY)) {
    throw new Failure(
      ExitCode.usage,
      'There is nobody to ask: give the revision that `promptory account plan-deletion` shows with --revision.',
    );
  }
  const email = await asPerson(cli, options, async ({ promptory, email: address, password }) => {
    let revision = given;
    if (revision === undefined) {
      const plan = await wholePlan(promptory);
      stderr.write(`${planText(plan)}\n`);
      const typed = await askFor(cli, `This is for good. Type ${visible(address)} to delete your account`);
      if (typed !== address) throw new Failure(ExitCode.interrupted, 'That is not the address: nothing was changed.');
      revision = plan.revision;
    }
    await promptory.me.delete.mutate({ currentPassword: password, revision });
    return address;
  });
  cli.out.answer({ email, deleted: true }, () => `The account of ${visible(email)} is deleted.`);
}
