import { type Database, nameKey } from '@promptory/db';
import { sql, type Transaction } from 'kysely';

/** A name as it is shown, and what it is compared by. */
export interface Spelt {
  readonly name: string;
  readonly key: string;
}

export interface Spellings {
  /** The columns of a category that is changed; none where it is not. */
  categoryChange(names: Names): CategoryChange | Record<never, never>;
  /** Names that are one count once, and the first stays. */
  tags(names: readonly string[]): Spelt[];
}

export interface CategoryChange {
  readonly category: string | null;
  readonly category_key: string | null;
}

export interface Names {
  readonly category?: string | null;
  readonly tags?: readonly string[];
}

/**
 * How names are written: as the oldest prompt of the owner has them, else as they come first here. Who writes to somebody
 * else's prompt (`authorId`) may not know of the owner's others, so there they are written as they come.
 */
export async function firstSpellings(
  trx: Transaction<Database>,
  { ownerId, authorId }: { readonly ownerId: string; readonly authorId: string },
  named: readonly Names[],
): Promise<Spellings> {
  const categories = firstOf(named.flatMap(({ category }) => category ?? []));
  const tags = firstOf(named.flatMap((names) => names.tags ?? []));
  if (ownerId === authorId && categories.size + tags.size > 0) {
    const { rows } = await sql<{ kind: string; key: string; name: string }>`
      SELECT 'category' AS kind, wanted.key, first.name FROM unnest(${[...categories.keys()]}::text[]) AS wanted (key),
      LATERAL (
        SELECT category AS name FROM prompts WHERE user_id = ${ownerId}::uuid AND category_key = wanted.key
        ORDER BY id LIMIT 1
      ) AS first
      UNION ALL
      SELECT 'tag', wanted.key, first.name FROM unnest(${[...tags.keys()]}::text[]) AS wanted (key),
      LATERAL (
        SELECT name FROM tags WHERE user_id = ${ownerId}::uuid AND name_key = wanted.key ORDER BY prompt_id LIMIT 1
      ) AS first
    `.execute(trx);
    for (const { kind, key, name } of rows) (kind === 'category' ? categories : tags).set(key, name);
  }
  return {
    categoryChange: ({ category }) => {
      if (category === undefined) return {};
      const spelt = category === null ? null : speltBy(categories, category);
      return { category: spelt?.name ?? null, category_key: spelt?.key ?? null };
    },
    tags: (names) => [...new Map(names.map((name) => [nameKey(name), speltBy(tags, name)])).values()],
  };
}

/** What differs from the names that a prompt has. The same name in another spelling is no change. */
export function otherNames(
  before: { readonly category: string | null; readonly tags: readonly string[] },
  { category, tags }: Names,
): Names {
  return {
    ...(category === undefined || keyOf(category) === keyOf(before.category) ? {} : { category }),
    ...(tags === undefined || areSameTags(tags, before.tags) ? {} : { tags }),
  };
}

const keyOf = (name: string | null): string | null => (name === null ? null : nameKey(name));

function areSameTags(tags: readonly string[], others: readonly string[]): boolean {
  const keys = new Set(tags.map(nameKey));
  const otherKeys = new Set(others.map(nameKey));
  return keys.size === otherKeys.size && [...keys].every((key) => otherKeys.has(key));
}

function firstOf(names: readonly string[]): Map<string, string> {
  const first = new Map<string, string>();
  for (const name of names) {
    const key = nameKey(name);
    if (!first.has(key)) first.set(key, name);
  }
  return first;
}

function speltBy(first: ReadonlyMap<string, string>, name: string): Spelt {
  const key = nameKey(name);
  return { name: first.get(key) ?? name, key };
}
