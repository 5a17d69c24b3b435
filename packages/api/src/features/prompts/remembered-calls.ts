import { CurrentPrompt, ResolvedPrompt, type UsageKind } from '@promptory/schemas';
import type { RestMeta } from '@promptory/trpc-fastify/procedure';
import type { z } from 'zod';
import { type AdmittedCaller, admit } from '../../access/admit.ts';
import type { Memory, Principal, Remembered, Services } from '../../context.ts';
import { recordUse } from '../../domain/usage/record-use.ts';
import type { Meta } from '../../trpc.ts';
import { promptsRouter } from './prompts.router.ts';
import { shownTo } from './read-prompt.ts';
import { type ReadContext, readerKey } from './reader-key.ts';
import { resolvedFor } from './resolve/resolve-prompt.ts';

/** What a call answers by what is remembered. */
export interface RememberedAnswer {
  /** The same as long as it is remembered. */
  readonly kept: object;
  /** As the procedure answers it: checked by what that promises. */
  output(): object;
  /** Counts the use, as it is answered. */
  use(): void;
}

/** A procedure whose calls may be answered by what is remembered, or by one look. */
export interface RememberedCall {
  readonly etag: NonNullable<RestMeta['etag']>;
  /**
   * What a call answers by what is remembered alone; undefined where the procedure has to be called, if only to refuse. The caller is
   * admitted here as the guard of the procedure does; limits are counted by whoever asks.
   *
   * @param asked the id, or the reference
   */
  find(services: Services, principal: Principal, asked: string): RememberedAnswer | undefined;
  /**
   * The same by what the database holds. Whoever is not let in is not looked for.
   * @throws what the procedure throws
   */
  lookUp(services: Services, principal: Principal, asked: string): Promise<RememberedAnswer | undefined>;
}

interface Parts<V extends object> {
  readonly meta: unknown;
  readonly output: z.ZodType<V>;
  readonly kind: UsageKind;
  remembered(memory: Memory): Remembered<V>;
  lookUp(ctx: ReadContext, asked: string): Promise<V>;
  used(prompt: V): { readonly id: string; readonly version: number };
}

function rememberedCall<V extends object>(parts: Parts<V>): RememberedCall {
  const { can, rest } = parts.meta as Meta;
  const admitted = (principal: Principal): AdmittedCaller | null => {
    try {
      return admit(principal, can);
    } catch {
      return null;
    }
  };
  return {
    etag: rest?.etag ?? true,
    find(services, principal, asked) {
      const caller = admitted(principal);
      const { memory, clock } = services;
      const prompt = caller && parts.remembered(memory).remembered(readerKey(caller.who, asked), clock.now());
      return prompt ? new AnswerOf(parts, services, caller, prompt) : undefined;
    },
    async lookUp(services, principal, asked) {
      const caller = admitted(principal);
      if (caller === null) return undefined;
      const { db, workers, log, memory, clock } = services;
      const prompt = await parts.lookUp({ db, workers, log, memory, clock, who: caller.who }, asked);
      return new AnswerOf(parts, services, caller, prompt);
    },
  };
}

class AnswerOf<V extends object> implements RememberedAnswer {
  readonly kept: V;
  readonly #parts: Parts<V>;
  readonly #services: Services;
  readonly #caller: AdmittedCaller;

  constructor(parts: Parts<V>, services: Services, caller: AdmittedCaller, prompt: V) {
    this.kept = prompt;
    this.#parts = parts;
    this.#services = services;
    this.#caller = caller;
  }

  output(): V {
    return this.#parts.output.parse(this.kept);
  }

  use(): void {
    const { usage, clock } = this.#services;
    const { kind, used } = this.#parts;
    recordUse({ principal: this.#caller.principal, usage, clock }, kind, used(this.kept));
  }
}

/** The procedures whose calls may be answered by what is remembered, by their paths. */
export const rememberedCalls = {
  'prompts.get': rememberedCall({
    meta: promptsRouter.get._def.meta,
    output: CurrentPrompt,
    kind: 'read',
    remembered: ({ prompts }) => prompts,
    lookUp: shownTo,
    used: (prompt) => prompt,
  }),
  'prompts.resolve': rememberedCall({
    meta: promptsRouter.resolve._def.meta,
    output: ResolvedPrompt,
    kind: 'resolve',
    remembered: ({ resolved }) => resolved,
    lookUp: resolvedFor,
    used: ({ promptId, version }) => ({ id: promptId, version }),
  }),
} satisfies Readonly<Record<string, RememberedCall>>;
