import type { RestMeta, RestOptions, WireOptions } from '@promptory/trpc-fastify';
import { initTRPC } from '@trpc/server';

const t = initTRPC.context<{ caller: string }>().create();
const router = t.router({ hello: t.procedure.query(({ ctx }) => ctx.caller) });

export const meta: RestMeta = { method: 'FETCH', path: '/hello', summary: 'Hello' };
export const wire: WireOptions<typeof router> = { router, createContext: () => ({ caller: 7 }) };
export const rest: RestOptions<typeof router> = { router, createContext: () => ({ caller: 'alice' }) };
