import { initTRPC } from '@trpc/server';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { notesRouter } from '../../test/fixtures/notes.ts';
import { restRoutes } from '../rest/rest-routes.ts';
import { restProceduresOf } from './procedures.ts';
import type { RestMeta } from './rest-meta.ts';

const t = initTRPC.meta<{ rest?: RestMeta | RestMeta[] }>().create();
const one = z.strictObject({ id: z.string() });

function procedure(rest: Partial<RestMeta>) {
  return t.procedure.meta({ rest: { method: 'GET', path: '/things', summary: 'Thing', ...rest } });
}

async function start(router: Parameters<typeof restProceduresOf>[0]): Promise<string> {
  const app = fastify();
  try {
    await app.register(restRoutes, { router, createContext: () => ({}), problem: () => ({ status: 500, body: {} }) });
    return 'started';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await app.close();
  }
}

describe('starting with a router that REST cannot serve', () => {
  it.each([
    '/a/:id',
    '/a b',
    '/a/{id}b',
    '/a/b{id}',
    '/{1id}',
    '/{i-d}',
    '/{id',
    '/id}',
    '/é',
    '/a//b',
    '/a/',
    '/a?b',
    '/a%20b',
  ])('refuses the path %s', async (path) => {
    const made = procedure({ path: path as `/${string}` })
      .input(one)
      .output(one)
      .query(({ input }) => input);
    expect(await start(t.router({ made }))).toContain(`GET ${path} is not a path of plain segments and {parameters}.`);
  });

  it.each([
    [
      'a parameter that the input lacks',
      procedure({ path: '/t/{x}' })
        .input(one)
        .output(one)
        .query(({ input }) => input),
      '{x}',
    ],
    [
      'a parameter without any input',
      procedure({ path: '/t/{x}' })
        .output(one)
        .query(() => ({ id: '' })),
      '{x}',
    ],
    [
      'a GET of a mutation',
      procedure({})
        .output(one)
        .mutation(() => ({ id: '' })),
      'mutation on a GET',
    ],
    ['no output schema', procedure({}).query(() => ({ id: '' })), 'no output schema'],
    [
      'a malformed path',
      procedure({ path: '/a/:id' })
        .output(one)
        .query(() => ({ id: '' })),
      'not a path',
    ],
    [
      'an etag on a write',
      procedure({ method: 'PUT', etag: true })
        .output(one)
        .mutation(() => ({ id: '' })),
      'etag',
    ],
    [
      'an ifMatch field that the input lacks',
      procedure({ method: 'PUT', ifMatch: 'v' })
        .output(one)
        .mutation(() => ({ id: '' })),
      '"v"',
    ],
    [
      'a location that the output lacks',
      procedure({ method: 'POST', status: 201, location: '/t/{key}' })
        .output(one)
        .mutation(() => ({ id: '' })),
      '{key}',
    ],
  ])('fails for %s', async (_name, made, words) => {
    const message = await start(t.router({ thing: made as ReturnType<typeof t.procedure.query> }));
    expect(message).toContain('thing: ');
    expect(message).toContain(words);
  });

  it('names every fault at once, and both owners of one path', async () => {
    const good = procedure({ path: '/t/{id}' })
      .input(one)
      .output(one)
      .query(({ input }) => input);
    const same = procedure({ path: '/t/{key}' })
      .input(z.strictObject({ key: z.string() }))
      .output(one)
      .query(() => ({ id: '' }));
    const bare = procedure({ path: '/bare' }).query(() => 1);
    const message = await start(t.router({ good, same, bare }));
    expect(message).toContain("same: GET /t/{key} is already good's.");
    expect(message).toContain('bare: GET /bare has no output schema.');
  });

  it('lists the REST procedures with their schemas, once for each route', () => {
    const listed = restProceduresOf(notesRouter().router);
    expect(listed.map(({ path, rest }) => `${path} ${rest.method} ${rest.path}`)).toContain('notes.touch PUT /touch');
    expect(listed.every(({ output }) => output !== undefined)).toBe(true);
    expect(listed.some(({ path }) => path === 'auth.login')).toBe(false);
  });
});
