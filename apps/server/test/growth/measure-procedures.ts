import { procedureFacts, toAppError } from '@promptory/api/server';
import { callersOf, testServices } from '@promptory/api/testing';
import { createTestDatabase, measuredQueries, type QueryCost } from '@promptory/db/testing';
import { rows } from '../contract/access-matrix.rows.ts';
import type { BootedApp } from '../harness/boot.ts';
import { givenWorld, type World } from '../harness/given-world.ts';
import type { Input } from '../harness/transports.ts';
import { wideQuotas } from '../harness/wide-quotas.ts';
import { enlarge, FURTHER_INVITATION } from './large-world.ts';

export interface Measured extends QueryCost {
  /** `ok`, or the error's code. */
  readonly outcome: string;
}

/** Of a stream so much is taken: what follows costs the same again. Of one of events what is there at first: the next may never come. */
const ITEMS = 300;
const itemsOf = (path: string): number => (path.endsWith('.watch') ? 1 : ITEMS);

/** Measured before all others: a code serves once. */
const FIRST = ['auth.totp.verify'];

/** Measured in this order at the end, for what they do away with serves others. */
const LAST = [
  'groups.removePrompt',
  'members.remove',
  'invitations.withdraw',
  'me.invitations.accept',
  'me.invitations.decline',
  'groups.delete',
  'prompts.delete',
  'prompts.restore',
  'prompts.purge',
  'prompts.purgeTrash',
  'apiKeys.revoke',
  'auth.sessions.end',
  'auth.totp.confirm',
  'auth.logout',
  'auth.resetPassword',
  'auth.changePassword',
  'auth.forgotPassword',
  'me.delete',
];

/** Where the input of the access matrix names what is not so here. */
const inputs: Readonly<Record<string, (world: World) => Input>> = {
  'groups.reorder': (world) => ({ id: world.group, promptId: world.second, before: world.shared }),
  'labels.history': (world) => ({ id: world.shared, label: 'staging' }),
  // The one of the access matrix has just been accepted.
  'me.invitations.decline': () => ({ id: FURTHER_INVITATION }),
  'labels.move': (world) => ({ id: world.shared, label: 'staging', version: 2, acceptBreaking: true, reason: 'Tried' }),
  // A bundle of a group has its prompts with all their versions, and is as large as it may be at once.
  'transfer.exportFiles': (world) => ({ format: 'dotprompt', groupId: world.group }),
  // The other one has just been restored.
  'prompts.purge': (world) => ({ id: world.shared }),
};

/** What does a part with each call, and says that the next goes on, until it is done: of these the costliest call is measured. */
const IN_PARTS: ReadonlySet<string> = new Set(['prompts.purge']);
const MOST_CALLS = 30;

const larger = (one: QueryCost, other: QueryCost): QueryCost => ({
  statements: Math.max(one.statements, other.statements),
  parameters: Math.max(one.parameters, other.parameters),
  pages: Math.max(one.pages, other.pages),
  rows: Math.max(one.rows, other.rows),
});

type Call = (input: unknown) => Promise<unknown>;

function procedureOf(caller: object, path: string): Call {
  const found: unknown = path.split('.').reduce<unknown>((at, name) => Reflect.get(Object(at), name), caller);
  if (typeof found !== 'function') throw new Error(`There is no procedure ${path}.`);
  return (input) => found(input);
}

async function take(result: unknown, most: number): Promise<void> {
  if (typeof result !== 'object' || result === null || !(Symbol.asyncIterator in result)) return;
  let items = 0;
  for await (const _ of result as AsyncIterable<unknown>) {
    items += 1;
    if (items === most) break;
  }
}

/** `ok`, or the error's code. */
async function outcomeOf(caller: object, path: string, input: unknown): Promise<string> {
  try {
    await take(await procedureOf(caller, path)(input), itemsOf(path));
    return 'ok';
  } catch (error) {
    return toAppError(error).code;
  }
}

/** What every procedure costs, called by who owns things, where there are `size` of each. */
export async function measureProcedures(size: number): Promise<ReadonlyMap<string, Measured>> {
  const database = await createTestDatabase();
  try {
    const services = testServices(database.db, { quotas: wideQuotas });
    const world = await givenWorld({ services } as unknown as BootedApp);
    await enlarge(database, world, size);
    const { db, take: takeCost } = measuredQueries(database.pool);
    const callers = callersOf({ ...services, db });
    const callerOf = (path: string): object => {
      if (rows[path]?.expected === 'anyone') return callers.asAnyone();
      const { alice, bob, root } = world.people;
      // She has a new password by then.
      if (path === 'me.delete') return callers.as(bob.principal);
      const isRoots = path.startsWith('admin.') || /^auth\.totp\.(?:verify|renew|disable)/.test(path);
      return callers.as((isRoots ? root : alice).principal);
    };
    const measured = new Map<string, Measured>();
    const paths = [...procedureFacts.keys()];
    const others = paths.filter((one) => !FIRST.includes(one) && !LAST.includes(one));
    for (const path of [...FIRST, ...others, ...LAST]) {
      takeCost();
      const input = (inputs[path] ?? rows[path]?.input)?.(world) ?? {};
      let outcome = await outcomeOf(callerOf(path), path, input);
      let cost = takeCost();
      for (let calls = 1; IN_PARTS.has(path) && outcome === 'server.busy' && calls < MOST_CALLS; calls += 1) {
        outcome = await outcomeOf(callerOf(path), path, input);
        cost = larger(cost, takeCost());
      }
      measured.set(path, { ...cost, outcome });
    }
    return measured;
  } finally {
    await database.drop();
  }
}
