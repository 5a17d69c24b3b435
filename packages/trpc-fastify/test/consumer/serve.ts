import {
  openApiDocument,
  type Problem,
  type RestMeta,
  type RestOptions,
  restRoutes,
  streamOf,
  trpcWire,
  type WireOptions,
} from '@promptory/trpc-fastify';
import { allowedMethods } from '@promptory/trpc-fastify/procedure';
import { initTRPC, type TRPCError } from '@trpc/server';
import { fastify } from 'fastify';
import { z } from 'zod';

interface Context {
  readonly caller: string;
}

const t = initTRPC.context<Context>().meta<{ rest?: RestMeta | RestMeta[] }>().create({ isDev: false });

const Note = z.object({ id: z.int(), text: z.string(), writer: z.string() });

const router = t.router({
  notes: t.router({
    get: t.procedure
      .meta({ rest: { method: 'GET', path: '/notes/{id}', summary: 'Get a note', etag: true } })
      .input(z.strictObject({ id: z.int() }))
      .output(Note)
      .query(({ ctx, input }) => ({ id: input.id, text: `Note ${input.id}`, writer: ctx.caller })),
    export: t.procedure
      .meta({ rest: { method: 'GET', path: '/notes', summary: 'Export the notes', stream: { item: Note } } })
      .input(z.strictObject({}))
      .output(streamOf(Note))
      .query(async function* ({ ctx }) {
        yield { id: 1, text: 'Note 1', writer: ctx.caller };
      }),
  }),
});

const createContext = (): Context => ({ caller: 'alice' });
const problem = (error: TRPCError): Problem => ({ status: 400, body: { title: error.message, status: 400 } });

const app = fastify();
await app.register(restRoutes, { router, createContext, problem } satisfies RestOptions<typeof router>);
await app.register(trpcWire, { router, prefix: '/trpc', createContext } satisfies WireOptions<typeof router>);

const document = openApiDocument(router, {
  info: { title: 'Notes', version: '1' },
  securitySchemes: {},
  security: () => [],
  errors: () => [],
  problemSchema: z.object({ title: z.string(), status: z.int() }),
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });
const read = async (path: string): Promise<unknown> => (await fetch(url + path)).json();
process.stdout.write(
  JSON.stringify({
    rest: await read('/notes/7'),
    trpc: await read(`/trpc/notes.get?input=${encodeURIComponent('{"id":7}')}`),
    refused: await read('/notes/seven'),
    paths: Object.keys(document.paths),
    methods: allowedMethods(router).get('/notes/{id}'),
  }),
);
await app.close();
