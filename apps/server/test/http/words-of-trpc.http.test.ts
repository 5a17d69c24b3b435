import { givenPerson } from '@promptory/api/testing';
import { createPromptory } from '@promptory/client';
import { describe, expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';

const server = await givenApp();
const alice = await givenPerson(server.services, { handle: 'alice' });
const headers = await server.as.person(alice);
const JSON_TYPE = { ...headers, 'content-type': 'application/json' };

describe('the tRPC wire', () => {
  it.each([
    ['GET', '/trpc/transfer.export', 415, 'request.unsupported_media_type', 'use httpBatchStreamLink'],
    ['GET', '/trpc/transfer.export,me.get?batch=1', 200, 'request.unsupported_media_type', 'use httpBatchStreamLink'],
    ['GET', '/trpc/groups.create', 405, 'request.method_not_allowed', 'Unsupported GET-request to mutation procedure'],
    ['POST', '/trpc/me.get', 405, 'request.method_not_allowed', 'Unsupported POST-request to query procedure'],
    ['GET', '/trpc/no.such', 404, 'route.not_found', 'No procedure found on path "no.such"'],
    ['GET', '/trpc/me.get,groups.create?batch=1', 400, 'request.malformed', 'Cannot mix procedure types in call'],
    ['GET', '/trpc/me.get?batch=1&input=5', 400, 'request.malformed', '"input" needs to be an object'],
  ] as const)('says in tRPC’s own words what is wrong with %s %s', async (method, url, status, code, words) => {
    const answer = await server.call({ method, url, headers: method === 'GET' ? headers : JSON_TYPE });
    const { error } = [answer.json()].flat()[0];
    expect([error.data.code, error.message]).toEqual([code, expect.stringContaining(words)]);
    expect([status, 207]).toContain(answer.statusCode);
  });

  it('says that a lone call must be batched to be streamed', async () => {
    const answer = await server.call({
      url: '/trpc/me.get',
      headers: { ...headers, 'trpc-accept': 'application/jsonl' },
    });
    expect(answer.json().error.message).toContain('Streaming requests must be batched');
  });

  it('takes no input for a procedure that needs none, alone, batched and streamed', async () => {
    const { authorization } = headers;
    for (const path of [
      'me.get',
      'preferences.get',
      'prompts.list',
      'auth.sessions.list',
      'tags.list',
      'groups.list',
    ]) {
      for (const query of ['', '?batch=1', '?input={}']) {
        const answer = await server.call({ url: `/trpc/${path}${query}`, headers });
        expect(answer.statusCode, `${path}${query} ${answer.body}`).toBe(200);
      }
    }
    const promptory = createPromptory({ url: await server.url(), headers: { authorization } });
    expect(await promptory.me.get.query()).toMatchObject({ handle: 'alice' });
    const [page, preferences] = await Promise.all([promptory.prompts.list.query(), promptory.preferences.get.query()]);
    expect(page.items).toEqual([]);
    expect(preferences).toEqual(await promptory.preferences.get.query({}));
    for await (const prompt of await promptory.transfer.export.query()) expect.fail(`no ${prompt.title} was made`);
  });

  it('names the fields of an input that needs some, where there is none', async () => {
    const { error } = (await server.call({ url: '/trpc/prompts.get', headers })).json();
    expect([error.data.code, error.data.httpStatus]).toEqual(['request.invalid', 400]);
  });
});

describe('a trailing slash', () => {
  it.each([
    ['GET', '/prompts/', 200],
    ['HEAD', '/prompts/', 200],
    ['OPTIONS', '/prompts/', 204],
    ['GET', '/prompts/?limit=1', 200],
    ['GET', '/users/me/', 200],
    ['GET', '/health/live/', 200],
    ['GET', '/trpc/me.get/', 200],
    ['POST', '/groups/', 201],
    ['GET', '/nowhere/', 404],
    ['GET', '/prompts//', 404],
    ['GET', '/prompts//versions', 404],
    ['GET', '//prompts', 404],
  ] as const)('names the same resource, or none: %s %s', async (method, url, status) => {
    const payload = method === 'POST' ? { name: 'A group' } : undefined;
    const { statusCode, body } = await server.call({ method, url, headers, ...(payload && { payload }) });
    expect(statusCode, body).toBe(status);
  });

  it('is taken where a path has a parameter', async () => {
    const { statusCode, body } = await server.call({ url: '/prompts/01890000-0000-7000-8000-000000000000/', headers });
    expect([statusCode, JSON.parse(body).code]).toEqual([404, 'prompt.not_found']);
  });
});
