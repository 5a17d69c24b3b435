import type { Database } from '@promptory/db';
import type { PromptWorld } from '@promptory/db/testing';
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import type { Principal } from '../../src/context.ts';
import { callersOf } from './callers.ts';
import { testServices } from './services.ts';

type Caller = ReturnType<ReturnType<typeof callersOf>['as']>;
type Place = { readonly limit: number; readonly cursor?: string | undefined };
type List = (
  as: Caller,
  place: Place,
  world: PromptWorld,
) => Promise<{ readonly items: readonly unknown[]; readonly nextCursor: string | null }>;

/** Every list of prompts, groups and names, with each filter and each order. */
export const listCases: Readonly<Record<string, List>> = {
  prompts: (as, place) => as.prompts.list(place),
  'prompts by creation': (as, place) => as.prompts.list({ ...place, sort: 'created' }),
  'prompts by title': (as, place) => as.prompts.list({ ...place, sort: 'title' }),
  'prompts by uses': (as, place) => as.prompts.list({ ...place, sort: 'usage' }),
  'of a category': (as, place, { category }) => as.prompts.list({ ...place, category }),
  'of a common tag': (as, place, { commonTag }) => as.prompts.list({ ...place, tag: [commonTag] }),
  'of a rare tag': (as, place, { rareTag }) => as.prompts.list({ ...place, tag: [rareTag] }),
  templates: (as, place) => as.prompts.templates(place),
  'no templates': (as, place) => as.prompts.list({ ...place, isTemplate: false }),
  'own prompts': (as, place) => as.prompts.list({ ...place, owner: 'me' }),
  'prompts of somebody': (as, place) => as.prompts.list({ ...place, owner: 'person-7' }),
  'favorite prompts': (as, place) => as.prompts.list({ ...place, favorite: true }),
  'no favorites': (as, place) => as.prompts.list({ ...place, favorite: false }),
  'public prompts': (as, place) => as.prompts.list({ ...place, visibility: 'public' }),
  'private prompts': (as, place) => as.prompts.list({ ...place, visibility: 'private' }),
  'trashed prompts': (as, place) => as.prompts.list({ ...place, trashed: true }),
  tags: (as, place) => as.tags.list(place),
  'tags that contain': (as, place) => as.tags.list({ ...place, q: 'g 17' }),
  categories: (as, place) => as.categories.list(place),
  'categories that contain': (as, place) => as.categories.list({ ...place, q: 'ory 0' }),
  library: (as, place) => as.library.list(place),
  'library by groups': (as, place) => as.library.list({ ...place, reason: 'group' }),
  favorites: (as, place) => as.favorites.list(place),
  groups: (as, place) => as.groups.list(place),
  'groups that contain': (as, place) => as.groups.list({ ...place, q: '12' }),
  history: (as, place) => as.history.list(place),
};

const LARGEST_PAGE = 100;

/** Where a list goes on behind so many, or its last page of a hundred; undefined where it has only one. */
export async function cursorBehind(
  list: List,
  as: Caller,
  world: PromptWorld,
  behind: number,
): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let passed = 0; passed < behind; passed += LARGEST_PAGE) {
    const { nextCursor } = await list(as, { limit: LARGEST_PAGE, cursor }, world);
    if (nextCursor === null) return cursor;
    cursor = nextCursor;
  }
  return cursor;
}

/** Somebody of a made world, signed in. */
export const principalIn = (userId: string, role: 'user' | 'admin' = 'user'): Principal => ({
  kind: 'user',
  userId,
  role,
  sessionId: userId,
});

/** A page of a list, in EXPLAIN's words: what its statements read, and by which plans. */
export interface Explained {
  readonly items: number;
  readonly pages: number;
  /** Tables that were read as they lie. */
  readonly scanned: readonly string[];
  /** Rows that the largest sort was given. */
  readonly sorted: number;
  readonly plans: string;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

/** Calls lists, and asks PostgreSQL how it has found what they answer: a first page, or one behind so many. */
export function explainedLists(
  pool: PostgresPool & { query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> },
) {
  let seen: { readonly sql: string; readonly parameters: readonly unknown[] }[] = [];
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    log: (event) => void seen.push(event.query),
  });
  const callers = callersOf({ ...testServices(db), usage: { record: () => undefined } });
  return async (list: List, principal: Principal, world: PromptWorld, behind = 0): Promise<Explained> => {
    const as = callers.as(principal);
    const cursor = await cursorBehind(list, as, world, behind);
    seen = [];
    const { items } = await list(as, { limit: 20, cursor }, world);
    let pages = 0;
    let sorted = 0;
    const scanned = new Set<string>();
    const plans: string[] = [];
    const walk = (node: PlanNode): void => {
      const given = node.Plans?.[0];
      if (node['Node Type'] === 'Seq Scan' && node['Actual Loops'] > 0) scanned.add(node['Relation Name'] ?? '');
      if (/Sort/.test(node['Node Type']) && given)
        sorted = Math.max(sorted, given['Actual Rows'] * given['Actual Loops']);
      node.Plans?.forEach(walk);
    };
    for (const { sql, parameters } of seen.filter(({ sql }) => /^\s*(?:select|with|\/\*)/i.test(sql))) {
      const { rows } = await pool.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`, [...parameters]);
      const [{ Plan: plan }] = (rows[0] as { 'QUERY PLAN': [{ Plan: PlanNode & Record<string, number> }] })[
        'QUERY PLAN'
      ];
      pages += (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
      walk(plan);
      plans.push(JSON.stringify(plan));
    }
    return { items: items.length, pages, scanned: [...scanned], sorted, plans: plans.join('\n') };
  };
}
