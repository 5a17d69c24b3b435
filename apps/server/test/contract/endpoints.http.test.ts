import { Problem } from '@promptory/schemas';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import { givenApp, ORIGIN } from '../harness/boot.ts';
import { givenWorld, type World } from '../harness/given-world.ts';
import { type Headers, procedures } from '../harness/transports.ts';
import { requireAnnounced } from './announced-errors.ts';
import { type Endpoint, endpoints, type Sent } from './endpoints.rows.ts';

const server = await givenApp();

const restNameOf = (name: string): string => name.replaceAll(/:(\w+)/g, '{$1}');

const procedureOf = ({ name }: Endpoint) => {
  const found = procedures.find(({ rest }) => `${rest.method} ${rest.path}` === restNameOf(name));
  if (found === undefined) throw new Error(`Nothing answers ${name}.`);
  return found;
};

/** One request; a body goes as JSON. */
function send(endpoint: Endpoint, world: World, sent: Sent, headers: Headers): Promise<LightMyRequestResponse> {
  const { path = endpoint.path(world), query = '', body } = sent;
  const method = procedureOf(endpoint).rest.method;
  const request: InjectOptions = { method, url: path + query, headers: { ...headers } };
  return server.call(body === undefined ? request : { ...request, payload: body });
}

/** Checks that an answer is a problem as RFC 9457 has it and as openapi.json announces it, and gives it. */
function problemIn(response: LightMyRequestResponse): Problem {
  requireAnnounced(response);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json(?:;|$)/);
  const problem = Problem.parse(response.json());
  expect(problem).toMatchObject({
    status: response.statusCode,
    requestId: response.headers['x-request-id'],
    type: `${ORIGIN}/docs/errors#${problem.code}`,
  });
  return problem;
}

describe.each(endpoints)('$name', (endpoint) => {
  it(`answers good input with ${endpoint.status} and a body of its declared shape`, async () => {
    const world = await givenWorld(server);
    const response = await send(endpoint, world, endpoint.good(world), await world.headersOf('owner'));
    expect({ status: response.statusCode, body: response.body }).toMatchObject({ status: endpoint.status });
    const { output } = procedureOf(endpoint);
    if (endpoint.status === 204) {
      expect(response.body).toBe('');
      expect(response.headers['content-type']).toBeUndefined();
    } else {
      expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(output?.safeParse(response.json()).error).toBeUndefined();
    }
    const { location } = response.headers;
    if (endpoint.location === undefined) expect(location).toBeUndefined();
    else expect(location).toMatch(endpoint.location);
    expect(response.headers.etag !== undefined).toBe(endpoint.etag === true);
  });

  it('answers bad input with 400 and each fault by its path', async () => {
    const world = await givenWorld(server);
    const response = await send(endpoint, world, endpoint.bad, await world.headersOf('owner'));
    const problem = problemIn(response);
    expect({ status: problem.status, code: problem.code }).toEqual({ status: 400, code: 'request.invalid' });
    expect(problem.errors.map(({ path }) => path).sort()).toEqual(endpoint.bad.faults);
    expect(problem.errors.filter(({ message }) => message === '')).toEqual([]);
  });

  it(endpoint.stranger === 'open' ? 'needs no sign-in' : 'answers 401 without sign-in', async () => {
    const world = await givenWorld(server);
    const response = await send(endpoint, world, endpoint.good(world), {});
    if (endpoint.stranger === 'open') {
      expect(response.statusCode).toBe(endpoint.status);
      return;
    }
    expect(problemIn(response)).toMatchObject({ status: 401, code: 'auth.required' });
    expect(response.headers['www-authenticate']).toMatch(/^Bearer /);
  });

  it('shows a stranger nothing of what is hidden', async () => {
    const world = await givenWorld(server);
    const response = await send(endpoint, world, endpoint.good(world), await world.headersOf('stranger'));
    if (typeof endpoint.stranger !== 'string') {
      const [status, code] = endpoint.stranger;
      expect(problemIn(response)).toMatchObject({ status, code });
      return;
    }
    expect(response.statusCode).toBe(endpoint.status);
    const hiddenIds = [world.shared, world.second, world.trashed, world.group];
    if (endpoint.stranger === 'own view') hiddenIds.push(world.people.alice.id);
    expect(hiddenIds.filter((id) => response.body.includes(id))).toEqual([]);
  });
});

describe('a read', () => {
  it.each(endpoints.filter(({ etag }) => etag))(
    'of $name is answered 304 without a body while it stays the same',
    async (endpoint) => {
      const world = await givenWorld(server);
      const headers = await world.headersOf('owner');
      const first = await send(endpoint, world, {}, headers);
      const etag = String(first.headers.etag);
      const weak = etag.startsWith('W/') ? etag : `W/${etag}`;
      const again = await send(endpoint, world, {}, { ...headers, 'if-none-match': `"other", ${weak}` });
      expect({ status: again.statusCode, body: again.body, etag: again.headers.etag }).toEqual({
        status: 304,
        body: '',
        etag,
      });
      const other = await send(endpoint, world, {}, { ...headers, 'if-none-match': '"other"' });
      expect({ status: other.statusCode, body: other.body }).toEqual({ status: 200, body: first.body });
    },
  );

  it('is answered anew once somebody else changed the prompt', async () => {
    const world = await givenWorld(server);
    const headers = await world.headersOf('owner');
    const url = `/prompts/${world.shared}`;
    const etag = String((await server.call({ url, headers })).headers.etag);
    const change = {
      method: 'PUT',
      url,
      headers: await world.headersOf('editor'),
      payload: { content: 'Changed' },
    } as const;
    expect((await server.call(change)).statusCode).toBe(200);
    const after = await server.call({ url, headers: { ...headers, 'if-none-match': etag } });
    expect(after.statusCode).toBe(200);
    expect(after.headers.etag).not.toBe(etag);
  });
});

describe('a change with If-Match', () => {
  const put = async (world: World, ifMatch: string, content: string) => {
    const headers = { ...(await world.headersOf('owner')), 'if-match': ifMatch };
    return server.call({ method: 'PUT', url: `/prompts/${world.shared}`, headers, payload: { content } });
  };
  const read = async (world: World) =>
    server.call({ url: `/prompts/${world.shared}`, headers: await world.headersOf('owner') });

  it('is refused with 412 and nothing written, when the ETag is stale', async () => {
    const world = await givenWorld(server);
    const stale = String((await read(world)).headers.etag);
    expect((await put(world, stale, 'Changed once')).statusCode).toBe(200);
    const response = await put(world, stale, 'Changed twice');
    expect(problemIn(response)).toMatchObject({ status: 412, code: 'request.precondition_failed' });
    expect((await read(world)).json()).toMatchObject({ version: 3, content: 'Changed once' });
  });

  it('is a conflict, 409, when the body says on which version it builds', async () => {
    const world = await givenWorld(server);
    const response = await server.call({
      method: 'PUT',
      url: `/prompts/${world.shared}`,
      headers: await world.headersOf('owner'),
      payload: { content: 'Changed', baseVersion: 1 },
    });
    expect(problemIn(response)).toMatchObject({ status: 409, code: 'prompt.version_conflict', latest: { version: 2 } });
  });
});

describe('a creation', () => {
  it.each(endpoints.filter(({ location }) => location))(
    'by $name answers where the new thing is found',
    async (endpoint) => {
      const world = await givenWorld(server);
      const owner = await world.headersOf('owner');
      const created = await send(endpoint, world, endpoint.good(world), owner);
      const body = created.json<{ id?: string; groupId?: string; accessToken?: string }>();
      const headers = body.accessToken === undefined ? owner : { authorization: `Bearer ${body.accessToken}` };
      const found = await server.call({ url: String(created.headers.location), headers });
      expect(found.statusCode).toBe(200);
      if (body.accessToken === undefined) expect(found.json()).toMatchObject({ id: body.id ?? body.groupId });
      else expect(found.json()).toMatchObject({ email: `zoe-${world.mark}@example.com` });
    },
  );
});
