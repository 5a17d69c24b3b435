// A router whose procedures another tRPC has made: they are run by that one.
import { trpcWire } from '@promptory/trpc-fastify';
import { fastify } from 'fastify';
import { initTRPC } from 'older-trpc';

const t = initTRPC.create({ isDev: false });
const router = t.router({
  where: t.procedure.use(({ next }) => next()).query(() => String(new Error('here').stack)),
});

const app = fastify();
await app.register(trpcWire, { router: router as never, createContext: () => ({}) });
const traces: string[] = [];
for (let turn = 0; turn < 3; turn++) traces.push((await app.inject('/trpc/where')).json().result.data);
process.stdout.write(JSON.stringify(traces));
await app.close();
