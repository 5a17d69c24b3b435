import { CurrentPrompt, ResolvedPrompt, type UsageKind } from '@promptory/schemas';
import type { RestMeta } from '@promptory/trpc-fastify/procedure';
import type { z } from 'zod';
import { admit } from '../../access/admit.ts';
import type { Memory, Principal, Remembered, Services } from '../../context.ts';
import { recordUse } from '../../domain/usage/record-use.ts';
import type { Meta } from '../../trpc.ts';
import { promptsRouter } from './prompts.router.ts';
import { readerKey } from './reader-key.ts';

/** What a call answers by what is remembered. */
export interface RememberedAnswer {
  /** The same as long as it is remembered. */
  readonly kept: object;
  /** As the procedure answers it: checked by what that promises. */
  output(): object;
  /** Counts the use, as it is answered. */
  use(): void;
}

/** A procedure whose calls may be answered by what is remembered. */
export interface RememberedCall {
  readonly etag: NonNullable<RestMeta['etag']>;
  /**
   * What a call answers by what is remembered alone; undefined where the procedure has to be called, if only to refuse. The caller is
   * admitted here as the guard of the procedure does; limits are counted by whoever asks.
   *
   * @param asked the id, or the reference
   */
  find(
    services: Pick<Services, 'memory' | 'clock' | 'usage'>,
    principal: Principal,
    asked: string,
  ): RememberedAnswer | undefined;
}

interface Parts<V extends object> {
  readonly meta: unknown;
  readonly output: z.ZodType<V>;
  readonly kind: UsageKind;
  remembered(memory: Memory): Remembered<V>;
  used(prompt: V): { readonly id: string; readonly version: number };
}

function rememberedCall<V extends object>({ meta, output, kind, remembered, used }: Parts<V>): RememberedCall {
  const { can, rest } = meta as Meta;
  const admitted = (principal: Principal): ReturnType<typeof admit> => {
    try {
      return admit(principal, can);
    } catch {
      return null;
    }
  };
  return {
    etag: rest?.etag ?? true,
    find({ memory, clock, usage }, principal, asked) {
      const caller = admitted(principal);
      const prompt = caller && remembered(memory).remembered(readerKey(caller.who, asked), clock.now());
      if (!prompt) return undefined;
      return {
        kept: prompt,
        output: () => output.parse(prompt),
        use: () => recordUse({ principal: caller.principal, usage, clock }, kind, used(prompt)),
      };
    },
  };
}

/** The procedures whose calls may be answered by what is remembered, by their paths. */
export const rememberedCalls = {
  'prompts.get': rememberedCall({
    meta: promptsRouter.get._def.meta,
    output: CurrentPrompt,
    kind: 'read',
    remembered: (memory) => memory.prompts,
    used: (prompt) => prompt,
  }),
  'prompts.resolve': rememberedCall({
    meta: promptsRouter.resolve._def.meta,
    output: ResolvedPrompt,
    kind: 'resolve',
    remembered: (memory) => memory.resolved,
    used: ({ promptId, version }) => ({ id: promptId, version }),
  }),
} satisfies Readonly<Record<string, RememberedCall>>;
