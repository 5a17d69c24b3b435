import { createPromptory, isPromptoryError, withIdempotencyKey } from '@promptory/client';
import { describe, expect, it } from 'vitest';
import { rows } from '../contract/access-matrix.rows.ts';
import { givenApp } from '../harness/boot.ts';
import { creating, givenKeyedCall, repeatedPart, takeEffects } from '../harness/idempotent-calls.ts';
import { takeChanges, watchRows } from '../harness/row-changes.ts';
import { callProcedure, endpointOf, procedures, unbatchedTransports } from '../harness/transports.ts';

const server = await givenApp();
await watchRows(server.database);

const cases = creating.flatMap((path) => unbatchedTransports.map((transport) => ({ path, transport })));

describe('an Idempotency-Key', () => {
  it.each(cases)(
    'makes ten calls of $path at once, by $transport, one effect with one answer',
    async ({ path, transport }) => {
      const { input, headers } = await givenKeyedCall(server, path);
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => callProcedure(server, transport, path, input, headers)),
      );
      expect(answers[0]?.code).toBe('ok');
      expect(new Set(answers.map(repeatedPart)).size).toBe(1);
      expect(answers.filter(({ response }) => response.headers['idempotency-replayed'] === 'true')).toHaveLength(9);
      expect(await takeEffects(server)).toBe(1);
    },
  );

  it.each(cases)('is refused with 422 for another input of $path, by $transport', async ({ path, transport }) => {
    const { input, headers } = await givenKeyedCall(server, path);
    await callProcedure(server, transport, path, input, headers);
    await takeChanges(server.database);
    const change = rows[path]?.change;
    if (change === undefined) throw new Error(`Say in the access matrix what changes the input of ${path}.`);
    const { code, status } = await callProcedure(server, transport, path, { ...input, ...change }, headers);
    expect([code, status]).toEqual(['request.idempotency_mismatch', 422]);
    expect(await takeChanges(server.database)).toEqual([]);
  });

  it.each(creating)('is refused with a call of %s within a batch, which then has no effect', async (path) => {
    const { input, headers } = await givenKeyedCall(server, path);
    const { code, status } = await callProcedure(server, 'tRPC batch', path, input, headers);
    expect([code, status]).toEqual(['request.batch_refused', 400]);
    expect(await takeEffects(server)).toBe(0);
  });

  it('belongs to one call: of two transports the second gives the same answer, and a batch of one is a single call', async () => {
    const { input, headers } = await givenKeyedCall(server, 'prompts.create');
    const rest = await callProcedure(server, 'REST', 'prompts.create', input, headers);
    const wire = await callProcedure(server, 'tRPC', 'prompts.create', input, headers);
    expect(wire.result).toEqual(rest.result);
    const batch = await server.call({
      method: 'POST',
      url: '/trpc/prompts.create?batch=1',
      headers: { ...headers },
      payload: { 0: input },
    });
    expect(batch.json()).toEqual([{ result: { data: rest.result } }]);
    expect(await takeEffects(server)).toBe(1);
  });

  it('is nothing to a call that creates nothing', async () => {
    const { world, headers } = await givenKeyedCall(server, 'prompts.create');
    const bad = { ...headers, 'idempotency-key': 'not a key' };
    const input = rows['favorites.add']?.input(world) ?? {};
    expect((await callProcedure(server, 'REST', 'favorites.add', input, bad)).status).toBe(200);
    expect((await callProcedure(server, 'tRPC batch', 'preferences.update', { theme: 'dark' }, bad)).code).toBe('ok');
    expect(
      (await callProcedure(server, 'REST', 'prompts.list', {}, bad)).response.headers['idempotency-replayed'],
    ).toBe(undefined);
  });

  it('is 1 to 255 visible characters, sent once', async () => {
    const { input, headers } = await givenKeyedCall(server, 'groups.create');
    const codes: unknown[] = [];
    for (const key of ['', 'two words', 'x'.repeat(256)]) {
      const answer = await callProcedure(server, 'REST', 'groups.create', input, {
        ...headers,
        'idempotency-key': key,
      });
      codes.push([answer.code, answer.status]);
    }
    expect(codes).toEqual(Array(3).fill(['request.malformed', 400]));
    const twice = await server.call({
      method: 'POST',
      url: endpointOf('groups.create').rest.path,
      headers: { ...headers, 'idempotency-key': ['one', 'two'] },
      payload: { ...input },
    });
    expect(twice.statusCode).toBe(400);
    expect(await takeChanges(server.database)).toEqual([]);
  });

  it('opens no answer to who is not signed in, nor to who may no longer make the call', async () => {
    const { world, input, headers } = await givenKeyedCall(server, 'prompts.create');
    const key = { 'idempotency-key': String(headers['idempotency-key']) };
    const made = await callProcedure(server, 'REST', 'prompts.create', input, headers);
    const anonymous = await callProcedure(server, 'REST', 'prompts.create', input, key);
    const ended = await callProcedure(server, 'REST', 'prompts.create', input, {
      ...(await world.headersOf('ended session')),
      ...key,
    });
    const reading = await callProcedure(server, 'REST', 'prompts.create', input, {
      ...(await world.headersOf('reading key')),
      ...key,
    });
    const stranger = await callProcedure(server, 'REST', 'prompts.create', input, {
      ...(await world.headersOf('stranger')),
      ...key,
    });
    expect([made, anonymous, ended, reading, stranger].map(({ code }) => code)).toEqual([
      'ok',
      'auth.required',
      'auth.invalid_token',
      'auth.scope_missing',
      'ok',
    ]);
    expect(stranger.result).not.toMatchObject({ id: (made.result as { id: string }).id });
  });
});

describe('the client', () => {
  it('takes an idempotency key for just the calls for which the server has one effect', async () => {
    const promptory = createPromptory({
      url: 'https://promptory.example',
      apiKey: 'pty_live_x',
      retry: false,
      fetch: () => Promise.reject(new TypeError('fetch failed')),
    });
    const codeOf = async (path: string): Promise<unknown> => {
      const call: unknown = path.split('.').reduce<unknown>((at, name) => Reflect.get(Object(at), name), promptory);
      const { mutate } = call as { mutate(input: object, options: object): Promise<unknown> };
      const error = await mutate({}, withIdempotencyKey()).catch((thrown: unknown) => thrown);
      return isPromptoryError(error) ? error.code : error;
    };
    const sent: string[] = [];
    for (const { path, type } of procedures) {
      if (type === 'mutation' && (await codeOf(path)) === 'client.network') sent.push(path);
    }
    expect(sent).toEqual(creating);
  });
});
