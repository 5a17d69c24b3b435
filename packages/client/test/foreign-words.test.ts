import { expect, it } from 'vitest';
import { foreignWords } from '../scripts/foreign-words.ts';

it('finds libraries of the server and imports from elsewhere, whatever their form', () => {
  const declarations = `
    import type { Kysely } from 'kysely';
    export { z } from "zod";
    export type A = import('@promptory/schemas').Prompt;
    import './contract.js';
    import type { TRPCClient } from '@trpc/client';
    /** Served by Fastify over pg. */`;
  expect(foreignWords(declarations)).toEqual(
    expect.arrayContaining(['Kysely', 'kysely', 'zod', 'Fastify', 'pg', '@promptory/schemas']),
  );
});

it('lets tRPC and the package’s own files pass', () => {
  expect(
    foreignWords("import type { A } from '@trpc/server';\nexport * from './contract.js';\ntype Page = 'pgx';"),
  ).toEqual([]);
  expect(foreignWords("{ 'transfer.import': { streams: true }; 'auth.login': { token: 'none' } }")).toEqual([]);
});
