import { randomUUID } from 'node:crypto';
import { countedQueries } from '@promptory/db/testing';
import { describe, expect, it } from 'vitest';
import {
  callersOf,
  codeOf,
  errorOf,
  givenApi,
  givenGroup,
  givenKeyPrincipal,
  givenPerson,
  type Person,
} from '../../../../test/index.ts';
import { writeUsage } from '../../../domain/usage/write-usage.ts';

const { pool, services, cast, as } = await givenApi({ max: 10 });
const { alice, bob, carol, mallory } = cast;

/** A prompt of three versions, whose second is in production. */
async function givenReleased(owner: Person, slug: string, visibility: 'private' | 'public' = 'private') {
  const { id } = await as(owner).prompts.create({ title: slug, content: `${slug} 1`, slug, visibility });
  await as(owner).prompts.update({ id, content: `${slug} 2` });
  await as(owner).prompts.update({ id, content: `${slug} 3` });
  await as(owner).labels.move({ id, label: 'production', version: 2 });
  return id;
}

type Asking = Parameters<typeof as>[0];
const resolve = (person: Asking, ref: string) => as(person).prompts.resolve({ ref });

describe('resolving a reference', () => {
  it('answers the version that a label, a number or nothing names, for use', async () => {
    const id = await givenReleased(alice, 'support/triage');
    const production = await resolve(alice, 'support/triage');
    expect(production).toMatchObject({
      ...{ promptId: id, version: 2, content: 'support/triage 2', kind: 'text', messages: null, isLatest: false },
      ...{ ref: 'alice/support/triage', slug: 'support/triage', label: 'production', owner: { handle: 'alice' } },
    });
    expect(production).toMatchObject(await as(alice).versions.get({ id, version: 2 }));
    expect(await resolve(alice, 'support/triage@production')).toEqual(production);
    expect(await resolve(alice, 'alice/support/triage')).toEqual(production);
    expect(await resolve(alice, 'support/triage@latest')).toMatchObject({
      version: 3,
      label: 'latest',
      isLatest: true,
    });
    expect(await resolve(alice, 'support/triage#1')).toMatchObject({ version: 1, label: null });
    await as(alice).labels.move({ id, label: 'production', version: 1 });
    expect(await resolve(alice, 'support/triage')).toMatchObject({ version: 1 });
  });

  it('is of the kind that the version is, whatever the prompt has become', async () => {
    const { id } = await as(alice).prompts.create({ title: 'Kind', content: 'Text', slug: 'kind' });
    await as(alice).prompts.update({ id, kind: 'chat', messages: [{ role: 'user', content: 'Chat' }] });
    expect([(await resolve(alice, 'kind#1')).kind, (await resolve(alice, 'kind#2')).kind]).toEqual(['text', 'chat']);
  });

  it('says why it names nothing, and names `@latest` where no version has the label', async () => {
    const { id } = await as(alice).prompts.create({ title: 'Fresh', content: 'x', slug: 'fresh' });
    const unlabelled = await errorOf(resolve(alice, 'fresh'));
    expect([unlabelled.code, unlabelled.message]).toEqual([
      'label.not_found',
      'No version of this prompt has the label `production`; `fresh@latest` is its latest version. ' +
        'A version is named by its number: `fresh#1`, in an address `fresh%231`.',
    ]);
    expect((await errorOf(resolve(alice, 'alice/fresh@eu-1'))).message).toContain('`alice/fresh@latest`');
    expect((await errorOf(resolve(alice, 'fresh@1'))).message).toMatch(/Version 1 is `fresh#1`\.$/);
    const numbered = await errorOf(as(alice).labels.move({ id, label: '1', version: 1 }));
    expect([numbered.code, numbered.errors[0]?.path]).toEqual(['request.invalid', 'label']);
    await as(alice).labels.protect({ id, label: 'production' });
    expect(await codeOf(resolve(alice, 'fresh'))).toBe('label.not_found');
    expect(await codeOf(resolve(alice, 'fresh#2'))).toBe('prompt.version_not_found');
    expect(await codeOf(resolve(alice, 'stale'))).toBe('prompt.not_found');
    expect(await codeOf(resolve(alice, 'nobody-here/fresh'))).toBe('prompt.not_found');
    const malformed = await errorOf(resolve(alice, 'Fresh@'));
    expect([malformed.code, malformed.errors[0]?.path]).toEqual(['request.invalid', 'ref']);
  });

  it('finds one’s own first, by a slug that reads as somebody’s too', async () => {
    const support = await givenPerson(services, { handle: 'helpdesk' });
    await givenReleased(support, 'triage', 'public');
    expect(await resolve(alice, 'helpdesk/triage')).toMatchObject({ owner: { handle: 'helpdesk' } });
    // Not unseen: an import of what she had brings it.
    const made = await errorOf(as(alice).prompts.create({ title: 'Own', content: 'x', slug: 'helpdesk/triage' }));
    expect([made.code, made.errors[0]?.path]).toEqual(['request.invalid', 'slug']);
    const { id: own } = await as(alice).prompts.create({ title: 'Own', content: 'x', slug: 'helpdesk/other' });
    expect((await errorOf(as(alice).prompts.update({ id: own, slug: 'helpdesk/triage' }))).code).toBe(
      'request.invalid',
    );
    await pool.query("UPDATE prompts SET slug = 'helpdesk/triage' WHERE id = $1", [own]);
    await as(alice).labels.move({ id: own, label: 'production', version: 1 });
    expect(await resolve(alice, 'helpdesk/triage')).toMatchObject({ promptId: own, owner: { handle: 'alice' } });
    // Others, who have none of that name, are answered as before.
    expect(await resolve(bob, 'helpdesk/triage')).toMatchObject({ owner: { handle: 'helpdesk' } });
  });

  it('lets a deleted prompt’s name mean nobody else’s until it is purged', async () => {
    const intruder = await givenPerson(services, { handle: 'billing' });
    const id = await givenReleased(alice, 'billing/refund');
    await givenReleased(intruder, 'refund', 'public');
    await as(alice).prompts.delete({ id });
    expect(await codeOf(resolve(alice, 'billing/refund'))).toBe('prompt.not_found');
    await as(alice).prompts.restore({ id });
    expect(await resolve(alice, 'billing/refund')).toMatchObject({ promptId: id });
    await as(alice).prompts.delete({ id });
    await as(alice).prompts.purge({ id });
    expect(await resolve(alice, 'billing/refund')).toMatchObject({ owner: { handle: 'billing' } });
  });

  it('follows a slug and a handle as they are now', async () => {
    const mover = await givenPerson(services, { handle: 'mover' });
    const id = await givenReleased(mover, 'before');
    await as(mover).prompts.update({ id, slug: 'after' });
    expect(await codeOf(resolve(mover, 'before'))).toBe('prompt.not_found');
    expect(await resolve(mover, 'mover/after')).toMatchObject({ promptId: id });
    await as(mover).me.update({ handle: 'moved' });
    expect(await codeOf(resolve(mover, 'mover/after'))).toBe('prompt.not_found');
    expect(await resolve(mover, 'moved/after')).toMatchObject({ promptId: id, ref: 'moved/after' });
  });

  it('tells of what may not be read as of what is not there', async () => {
    const id = await givenReleased(alice, 'secret');
    const answerTo = async (person: Asking, ref: string) => {
      const { code, message, errors, extra } = await errorOf(resolve(person, ref));
      return JSON.stringify([code, message, errors, extra]);
    };
    const nothing = await answerTo(mallory, 'alice/there-is-none');
    for (const ref of [
      'alice/secret',
      'alice/secret@latest',
      'alice/secret@none',
      'alice/secret#1',
      'alice/secret#99',
    ]) {
      expect(await answerTo(mallory, ref)).toBe(nothing);
    }
    await givenGroup(services, { owner: alice, editors: [bob], viewers: [carol], promptIds: [id] });
    expect(await resolve(carol, 'alice/secret')).toMatchObject({ promptId: id });
    await as(alice).prompts.delete({ id });
    expect(await answerTo(carol, 'alice/secret')).toBe(nothing);
  });

  it('by a key stays within its group, and tells nothing of what is outside', async () => {
    const [inside, outside] = [await givenReleased(alice, 'inside'), await givenReleased(alice, 'outside')];
    const groupId = await givenGroup(services, { owner: alice, promptIds: [inside] });
    const key = { principal: await givenKeyPrincipal(services, alice, ['prompts:read'], groupId) };
    expect(await resolve(key, 'inside')).toMatchObject({ promptId: inside });
    expect(await codeOf(resolve(key, 'outside'))).toBe('prompt.not_found');
    expect(await resolve(alice, 'outside')).toMatchObject({ promptId: outside });
    const unread = { principal: await givenKeyPrincipal(services, alice, ['labels:write']) };
    expect(await codeOf(resolve(unread, 'inside'))).toBe('auth.scope_missing');
  });

  it('is one statement, and counts as a use of the version by whoever asks', async () => {
    const id = await givenReleased(alice, 'counted');
    const { db, queries } = countedQueries(pool);
    const { prompts } = callersOf({ ...services, db }).as(alice.principal);
    await prompts.resolve({ ref: 'alice/counted' });
    await prompts.resolve({ ref: 'counted#1' });
    expect(queries()).toHaveLength(2);
    const uses = services.recorded.filter(({ promptId }) => promptId === id);
    expect(uses.map(({ kind, version, consumer }) => [kind, version, consumer])).toEqual([
      ['resolve', 2, 'web'],
      ['resolve', 1, 'web'],
    ]);
  });
});

describe('resolving many', () => {
  it('answers each as it would be alone, by two statements, and counts the uses of those that are found', async () => {
    const id = await givenReleased(alice, 'many/one');
    await as(alice).prompts.create({ title: 'Unlabelled', content: 'x', slug: 'many/two' });
    await givenReleased(mallory, 'hidden');
    const refs = ['many/one', 'many/two', 'mallory/hidden', 'many/one@latest', 'Not one', 'many/one#9', 'many/one'];
    const { db, queries } = countedQueries(pool);
    const { prompts } = callersOf({ ...services, db }).as(alice.principal);
    const { results } = await prompts.resolveMany({ refs });
    expect(queries()).toHaveLength(2);
    expect(results.map(({ index }) => index)).toEqual(refs.map((_, index) => index));
    for (const [index, result] of results.entries()) {
      const ref = refs[index] ?? '';
      if (result.outcome === 'resolved') expect(result.prompt).toEqual(await resolve(alice, ref));
      else {
        const alone = await errorOf(resolve(alice, ref));
        expect([ref, result.error.code, result.error.message]).toEqual([ref, alone.code, alone.message]);
      }
    }
    expect(results.map((result) => (result.outcome === 'resolved' ? 'ok' : result.error.code))).toEqual([
      ...['ok', 'label.not_found', 'prompt.not_found', 'ok', 'request.invalid', 'prompt.version_not_found', 'ok'],
    ]);
    const uses = services.recorded.filter(({ promptId }) => promptId === id);
    expect(uses.filter(({ version }) => version === 2).length).toBeGreaterThanOrEqual(2);
  });

  it('refuses the last ones where they are too long together, and takes one to a hundred', async () => {
    const content = 'long '.repeat(30_000);
    const refs: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      await as(alice).prompts.create({ title: 'Long', content: `${content}${index}`, slug: `long/${index}` });
      refs.push(`long/${index}@latest`);
    }
    const { results } = await as(alice).prompts.resolveMany({ refs });
    const outcomes = results.map((result) => (result.outcome === 'resolved' ? 'ok' : result.error.code));
    const fitting = outcomes.indexOf('answer.too_large');
    expect(fitting).toBeGreaterThan(5);
    expect(outcomes).toEqual(refs.map((_, index) => (index < fitting ? 'ok' : 'answer.too_large')));
    const rest = await as(alice).prompts.resolveMany({ refs: refs.slice(fitting) });
    expect(rest.results[0]).toMatchObject({ outcome: 'resolved', prompt: { slug: `long/${fitting}` } });
    expect(await codeOf(as(alice).prompts.resolveMany({ refs: [] }))).toBe('request.invalid');
    const tooMany = Array.from({ length: 101 }, () => randomUUID());
    expect(await codeOf(as(alice).prompts.resolveMany({ refs: tooMany }))).toBe('request.invalid');
  });
});

describe('who uses which version', () => {
  it('is shown to the owner: own keys by name, and others as somebody’s programs, with their last use', async () => {
    const id = await givenReleased(alice, 'watched', 'public');
    const use = (version: number, userId: string, key: { keyId: string; keyName: string } | null) => ({
      ...{ promptId: id, version, userId, apiKeyId: key?.keyId ?? null, kind: 'resolve' as const },
      ...{ consumer: key?.keyName ?? 'web', occurredAt: services.clock.now() },
    });
    const own = await givenKeyPrincipal(services, alice, ['prompts:read']);
    const theirs = await givenKeyPrincipal(services, mallory, ['prompts:read']);
    const first = services.clock.now().toISOString();
    await writeUsage(services.db, [use(2, alice.id, own), use(1, mallory.id, { ...theirs, keyName: 'Secret name' })]);
    services.clock.advance(60_000);
    await writeUsage(services.db, [use(2, alice.id, own), use(2, bob.id, null)]);
    const last = services.clock.now().toISOString();
    const { items } = await as(alice).prompts.versionUses({ id });
    expect(items).toEqual([
      { version: 2, consumer: 'web', uses: 1, firstUsedAt: last, lastUsedAt: last },
      { version: 2, consumer: own.keyName, uses: 2, firstUsedAt: first, lastUsedAt: last },
      {
        version: 1,
        consumer: expect.stringMatching(/^somebody's program \d{6}$/),
        uses: 1,
        firstUsedAt: first,
        lastUsedAt: first,
      },
    ]);
    expect((await as(alice).prompts.versionUses({ id, version: 1 })).items).toEqual(items.slice(2));
    const page = await as(alice).prompts.versionUses({ id, limit: 1 });
    const rest = await as(alice).prompts.versionUses({ id, cursor: page.nextCursor ?? '' });
    expect([...page.items, ...rest.items]).toEqual(items);
    expect(await codeOf(as(mallory).prompts.versionUses({ id }))).toBe('prompt.forbidden');
  });
});
