import { writeUsage } from '@promptory/api/server';
import { givenPerson, newApiKey } from '@promptory/api/testing';
import { newId } from '@promptory/db';
import { insertRows } from '@promptory/db/testing';
import { givenApp } from '../../harness/boot.ts';
import { givenWorld } from '../../harness/given-world.ts';
import { type Answer, callProcedure, type Input, transports } from '../../harness/transports.ts';
import type { Caller } from '../../harness/world-callers.ts';
import { comparableAnswer } from '../harness/account-calls.ts';
import { proves } from '../harness/proof.ts';

// What only an owner may know: which slugs their other prompts have, and of the keys of others not even they: the names.

const server = await givenApp();
const { db } = server.services;

/** In the trash the one that it had. */
const slugOf = async (id: string): Promise<string> => {
  const prompt = db.selectFrom('prompts').select(['slug', 'trashed_slug as trashed']).where('id', '=', id);
  const { slug, trashed } = await prompt.executeTakeFirstOrThrow();
  return trashed ?? slug;
};

/** An answer without what was sent and what each has of its own. */
const withoutSlug = (answer: Answer, slug: string): string => comparableAnswer(answer).replaceAll(slug, 'slug');

proves(
  'A8',
  'nobody but its owner learns by changing, copying or making a prompt which slugs are taken',
  async (proof) => {
    for (let round = proof.share(10); round > 0; round -= 1) {
      const world = await givenWorld(server);
      const taken = [await slugOf(world.second), await slugOf(world.trashed)];
      const before = await slugOf(world.shared);
      const others: readonly Caller[] = [
        'editor',
        'viewer',
        'stranger',
        'group key',
        'other group key',
        "stranger's key",
      ];
      for (const caller of others) {
        const headers = await world.headersOf(caller);
        for (const transport of transports) {
          for (const extra of [{}, { content: `Changed ${newId()}` }, { baseVersion: 99 }] as const) {
            const free = `free-${newId().slice(-8)}`;
            const input: Input = { id: world.shared, ...extra };
            const answers = new Set<string>();
            for (const slug of [...taken, free]) {
              const answer = await callProcedure(server, transport, 'prompts.update', { ...input, slug }, headers);
              answers.add(withoutSlug(answer, slug));
              proof.check(answer.code !== 'ok', () => `${caller} by ${transport} changed a slug to ${slug}`);
            }
            proof.check(answers.size === 1, () => `${caller} by ${transport}: ${[...answers].join('\n')}`);
          }
        }
      }
      proof.check((await slugOf(world.shared)) === before, () => 'the slug was changed');
      // Whose slugs they are may: for them a taken one is taken, and a free one theirs.
      for (const caller of ['owner', 'full key', 'admin'] as const) {
        const headers = await world.headersOf(caller);
        for (const transport of transports) {
          const change = (slug: string): Promise<Answer> =>
            callProcedure(server, transport, 'prompts.update', { id: world.shared, slug }, headers);
          const [refused, done] = [await change(taken[0] ?? ''), await change(`free-${newId().slice(-8)}`)];
          const isRight = refused.code === 'prompt.slug_taken' && done.code === 'ok';
          proof.works(isRight, () => `${caller} by ${transport}: ${refused.code}, ${done.code}`);
        }
      }
      // What others make is numbered by their own slugs.
      for (const caller of ['editor', "stranger's key"] as const) {
        const headers = await world.headersOf(caller);
        const slug = taken[0] ?? '';
        const made = [
          await callProcedure(server, 'REST', 'prompts.create', { title: slug, content: 'x' }, headers),
          await callProcedure(
            server,
            'REST',
            'prompts.create',
            { title: 'Other', content: 'x', slug: taken[1] },
            headers,
          ),
        ];
        const slugs = made.map(({ result }) => Reflect.get(Object(result), 'slug'));
        proof.works(slugs.join() === taken.join(), () => `${caller} got ${slugs.join()} for ${taken.join()}`);
      }
    }
  },
);

proves(
  'A8',
  "the owner of a public prompt sees no name of anybody else's key, and how many programs use it",
  async (proof) => {
    const world = await givenWorld(server);
    const now = server.services.clock.now();
    const names: string[] = [];
    for (let round = proof.share(20, 4); round > 0; round -= 1) {
      const user = await givenPerson(server.services);
      const name = `canary ${newId().slice(-12)} bot`;
      names.push(name);
      const key = newApiKey(user, now, { name });
      await insertRows(db, { api_keys: [key.row] });
      for (const transport of transports) {
        const input = { id: world.published };
        const { code } = await callProcedure(server, transport, 'prompts.get', input, { 'x-api-key': key.key });
        proof.works(code === 'ok', () => `a stranger's key was answered ${code}`);
      }
    }
    const { recorded } = server.services;
    const uses = recorded.filter(({ promptId }) => promptId === world.published);
    await writeUsage(db, uses);
    const today = now.toISOString().slice(0, 10);
    const asked: readonly (readonly [string, Input])[] = [
      ['prompts.usage', { id: world.published, limit: 100 }],
      ['prompts.usage', { id: world.published, from: today, to: today, limit: 1 }],
      ['prompts.get', { id: world.published }],
      ['prompts.list', { sort: 'usage', limit: 100 }],
      ['library.list', { limit: 100 }],
      ['history.list', { limit: 100 }],
      ['versions.list', { id: world.published }],
      ['transfer.export', { scope: 'readable' }],
    ];
    for (const caller of ['stranger', "stranger's key"] as const) {
      const headers = await world.headersOf(caller);
      for (const [procedure, input] of asked) {
        for (const transport of transports) {
          const answer = await callProcedure(server, transport, procedure, input, headers);
          const text = JSON.stringify(answer.result ?? answer.error);
          const shown = names.find((name) => text.includes(name));
          proof.check(shown === undefined, () => `${procedure} by ${transport} shows ${shown}`);
          if (procedure === 'prompts.usage' && answer.code !== 'ok') proof.deviation(`${procedure}: ${answer.code}`);
        }
      }
    }
    const usage = await callProcedure(server, 'REST', ...(asked[0] ?? ['', {}]), await world.headersOf('stranger'));
    const rows: { consumer: string; uses: number }[] = Object(usage.result).items;
    const programs = rows.filter(({ consumer }) => /^somebody's program \d{6}$/.test(consumer));
    proof.works(programs.length === names.length, () => `${programs.length} programs of ${names.length}`);
    const counted = programs.reduce((sum, row) => sum + row.uses, 0);
    proof.works(counted === uses.length, () => `${counted} uses of ${uses.length}`);
  },
);
