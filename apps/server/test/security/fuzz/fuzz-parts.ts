import type { RestProcedure } from '@promptory/trpc-fastify';

// The fuzzer takes minutes, so its procedures are parted: files run beside each other, and the longest decides. A test holds
// that each procedure is in one part, and that each part has its file.

const AREAS = {
  accounts: ['auth', 'me', 'preferences', 'apiKeys', 'admin'],
  prompts: ['prompts', 'versions', 'transfer', 'categories', 'tags', 'library', 'history', 'favorites'],
  groups: ['groups', 'members', 'invitations', 'labels', 'releases'],
} as const;

type Area = keyof typeof AREAS;

export interface Part {
  readonly type: RestProcedure['type'];
  readonly areas: readonly Area[];
}

/** By what stands in the name of its file, `fuzz-<part>.security.test.ts`. */
export const parts = {
  'reads-others': { type: 'query', areas: ['accounts', 'groups'] },
  'reads-prompts': { type: 'query', areas: ['prompts'] },
  'writes-accounts': { type: 'mutation', areas: ['accounts'] },
  'writes-groups': { type: 'mutation', areas: ['groups'] },
  'writes-prompts': { type: 'mutation', areas: ['prompts'] },
  watches: { type: 'subscription', areas: ['groups', 'prompts'] },
} as const satisfies Readonly<Record<string, Part>>;

/** Whether a part has a procedure. */
export function isIn({ type, areas }: Part, procedure: Pick<RestProcedure, 'path' | 'type'>): boolean {
  const [router] = procedure.path.split('.');
  return procedure.type === type && areas.some((area) => AREAS[area].some((name) => name === router));
}
