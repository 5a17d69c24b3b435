import { givenPerson } from '@promptory/api/testing';
import { newId } from '@promptory/db';
import fc from 'fast-check';
import type { BootedApp } from '../../harness/boot.ts';
import type { World } from '../../harness/given-world.ts';
import { callProcedure, type Headers } from '../../harness/transports.ts';
import { OTHER_PASSWORD } from '../harness/account-calls.ts';

// What inputs may name: things of the world, of a tenant who has nothing to do with it, and of nobody.

/** In every title, slug, text, tag, category and name that the other tenant has; never in an input but as a search. */
export const MARK = 'zq7marked';
/** In the other tenant's address, which more calls may ask for than may read it. */
export const MAIL_MARK = 'zq7mail';

export interface OtherTenant {
  readonly id: string;
  readonly handle: string;
  readonly email: string;
  readonly prompt: string;
  readonly group: string;
  readonly key: string;
  readonly session: string;
}

/** A tenant whose every word carries the mark, and whose password no input holds. */
export async function givenOtherTenant(server: BootedApp): Promise<OtherTenant> {
  const account = await givenPerson(server.services, {
    email: `${MAIL_MARK}@example.com`,
    passwordHash: `plain:${OTHER_PASSWORD}`,
  });
  const session = await server.session(account);
  const headers: Headers = { authorization: `Bearer ${session.accessToken}` };
  const made = async <T>(procedure: string, input: Record<string, unknown>): Promise<T> => {
    const { code, result } = await callProcedure(server, 'REST', procedure, input, headers);
    if (code !== 'ok') throw new Error(`${procedure} answered ${code}.`);
    return result as T;
  };
  await made('me.update', { name: `${MARK} name` });
  const prompt = await made<{ id: string }>('prompts.create', {
    title: `${MARK} title`,
    content: `${MARK} {{ content }}`,
    description: `${MARK} description`,
    category: `${MARK} category`,
    tags: [`${MARK}-tag`],
    slug: MARK,
    isTemplate: true,
  });
  const group = await made<{ id: string }>('groups.create', { name: `${MARK} group`, description: MARK });
  await made('groups.addPrompt', { id: group.id, promptId: prompt.id });
  const { apiKey } = await made<{ apiKey: { id: string } }>('apiKeys.create', { name: MARK, scopes: ['prompts:read'] });
  const { handle } = await made<{ handle: string }>('me.get', {});
  return {
    ...account,
    handle,
    prompt: prompt.id,
    group: group.id,
    key: apiKey.id,
    session: session.sessionId,
  };
}

const names = {
  id: [
    'shared',
    'shared',
    'second',
    'group',
    'group',
    'published',
    'trashed',
    'hidden',
    'herGroup',
    'invitation',
    'alice',
    'bob',
    'carol',
    'labelMove',
    'release',
    'spareKey',
    'spareSession',
    'otherPrompt',
    'otherGroup',
    'otherUser',
    'otherKey',
    'otherSession',
    'nowhere',
  ],
  email: ['aliceMail', 'ninaMail', 'otherMail'],
  handle: ['aliceHandle', 'erinHandle', 'otherHandle'],
  password: ['password'],
  code: ['rootCode', 'aliceCode'],
  token: ['resetToken', 'verifyToken', 'mailChoiceToken'],
  refreshToken: ['refreshToken'],
  word: ['mark', 'mark', 'sharedWord', 'usefulWord'],
} as const;

/** Placeholders of one kind of thing. */
export const namedThings = (kind: keyof typeof names): fc.Arbitrary<string> =>
  fc.constantFrom(...names[kind]).map((name) => `@@${name}@@`);

/** Puts the things of a world in the place of their names. */
export function thingsOf(world: World, other: OtherTenant): (text: string) => string {
  const { people } = world;
  const things: Readonly<Record<string, string>> = {
    shared: world.shared,
    second: world.second,
    group: world.group,
    published: world.published,
    trashed: world.trashed,
    hidden: world.foreign.get(world.shared) ?? '',
    herGroup: world.foreign.get(world.group) ?? '',
    invitation: world.invitation,
    alice: people.alice.id,
    bob: people.bob.id,
    carol: people.carol.id,
    labelMove: world.labelMove,
    release: world.release,
    spareKey: world.spareKey,
    spareSession: world.spareSession.id,
    otherPrompt: other.prompt,
    otherGroup: other.group,
    otherUser: other.id,
    otherKey: other.key,
    otherSession: other.session,
    nowhere: newId(),
    aliceMail: people.alice.email,
    ninaMail: people.nina.email,
    otherMail: other.email,
    aliceHandle: people.alice.handle,
    erinHandle: people.erin.handle,
    otherHandle: other.handle,
    password: world.password,
    rootCode: world.codes.root,
    aliceCode: world.codes.alice,
    resetToken: world.resetToken,
    verifyToken: world.verifyToken,
    mailChoiceToken: world.mailChoiceToken,
    refreshToken: world.spareSession.refreshToken,
    mark: MARK,
    sharedWord: 'shared',
    usefulWord: 'useful',
  };
  return (text) => text.replaceAll(/@@(\w+)@@/g, (whole, name: string) => things[name] ?? whole);
}
