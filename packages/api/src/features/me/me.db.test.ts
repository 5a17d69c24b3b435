import { describe, expect, it } from 'vitest';
import { type Cast, callersOf, codeOf, errorOf, givenApi, keyPrincipal, PASSWORD } from '../../../test/index.ts';

const { db, services, cast, as } = await givenApi();

const meOf = (name: keyof Cast) => as(cast[name]).me;
/** What `update` answers too: all but the quotas. */
const accountOf = async (name: keyof Cast) => {
  const { quotas: _, revision: __, ...account } = await meOf(name).get({});
  return account;
};
const auditOf = (name: keyof Cast) =>
  db
    .selectFrom('audit_log')
    .select(['action', 'details'])
    .where('target_id', '=', cast[name].id)
    .orderBy('id')
    .execute();

describe("one's own account", () => {
  it('is shown to its owner and to a key with account:read, and to no other key', async () => {
    const { alice } = cast;
    const account = await meOf('alice').get({});
    expect(account).toMatchObject({ id: alice.id, email: alice.email, emailVerified: true, role: 'user' });
    expect(
      await callersOf(services)
        .as(keyPrincipal(alice, ['account:read']))
        .me.get({}),
    ).toEqual(account);
    expect(
      await codeOf(
        callersOf(services)
          .as(keyPrincipal(alice, ['prompts:read']))
          .me.get({}),
      ),
    ).toBe('auth.scope_missing');
    expect(await codeOf(callersOf(services).asAnyone().me.get({}))).toBe('auth.required');
  });

  it('changes what is given, leaves the rest, and writes one audit entry that says what', async () => {
    services.clock.advance(1_000);
    const before = await accountOf('bob');
    const after = await meOf('bob').update({ name: 'Robert', avatarUrl: 'https://example.com/a.png' });
    // As it is read: what it holds, and the revision that the next change builds on.
    expect(after).toEqual(await meOf('bob').get());
    expect(after).toMatchObject({
      ...before,
      name: 'Robert',
      avatarUrl: 'https://example.com/a.png',
      updatedAt: services.clock.now().toISOString(),
    });
    expect(await meOf('bob').update({ avatarUrl: null, handle: 'robert' })).toMatchObject({
      avatarUrl: null,
      handle: 'robert',
    });
    expect((await auditOf('bob')).map(({ details }) => details)).toEqual([
      { changed: ['name', 'avatar_url'], emailChangeRequested: false },
      { changed: ['handle', 'avatar_url'], emailChangeRequested: false },
    ]);
  });

  it('is not touched by a change that changes nothing', async () => {
    const before = await meOf('carol').get();
    services.clock.advance(1_000);
    expect(await meOf('carol').update({ name: before.name, email: before.email.toUpperCase() })).toEqual(before);
    expect(await meOf('carol').update({})).toEqual(before);
    expect(await auditOf('carol')).toEqual([]);
  });

  it('gets no handle that is taken or reserved; of two who want one at once, one gets it', async () => {
    for (const [handle, code] of [
      ['alice', 'taken'],
      ['me', 'reserved'],
    ] as const) {
      expect(await errorOf(meOf('mallory').update({ handle }))).toMatchObject({
        ...{ code: 'user.handle_taken', errors: [{ path: 'handle', code }] },
        message: expect.stringContaining(code === 'taken' ? 'somebody else' : 'is reserved'),
      });
    }
    const codes = await Promise.all([
      codeOf(meOf('mallory').update({ handle: 'wanted' })),
      codeOf(meOf('carol').update({ handle: 'wanted' })),
    ]);
    expect(codes.toSorted()).toEqual(['ok', 'user.handle_taken']);
  });

  it('shows an address as people write it, and takes it so', async () => {
    const address = 'ada@xn--mnchen-3ya.de';
    await db.updateTable('users').set({ email: address }).where('id', '=', cast.carol.id).execute();
    expect((await meOf('carol').get()).email).toBe('ada@münchen.de');
    const same = await meOf('carol').update({ email: 'ada@MÜNCHEN.de' });
    expect([same.email, same.pendingEmail]).toEqual(['ada@münchen.de', null]);
  });

  it('is not changed by an API key', async () => {
    const key = keyPrincipal(cast.alice, ['account:read', 'prompts:write']);
    expect(await codeOf(callersOf(services).as(key).me.update({ name: 'Key' }))).toBe('auth.session_required');
  });
});

describe('where accounts are for some domains', () => {
  const settings = { ...services.settings, registration: { mode: 'domains', domains: ['example.com'] } } as const;
  const { me } = callersOf({ ...services, settings }).as(cast.bob.principal);
  const change = (email: string) => codeOf(me.update({ email, currentPassword: PASSWORD }));

  it.each(['bob@elsewhere.example', 'bob@sub.example.com', 'bob@badexample.com', 'bob@example.com.evil.example'])(
    'no address changes to %s',
    async (email) => {
      expect(await change(email)).toBe('auth.registration_closed');
      expect(await accountOf('bob')).toMatchObject({ email: cast.bob.email, pendingEmail: null });
    },
  );

  it('it changes to one of them', async () => {
    expect(await change('Robert@EXAMPLE.com')).toBe('ok');
    expect(await accountOf('bob')).toMatchObject({ pendingEmail: 'robert@example.com' });
  });
});
