import type { Db } from '../../../context.ts';
import type { EqualSearch } from './claims.ts';
import { listByContent } from './import-batch.queries.ts';

const NO_ID = '00000000-0000-0000-0000-000000000000';
/** Read besides those that are wanted, since some may be claimed; four times as many each time. */
const SPARE = 8;

interface Wanted {
  readonly hash: string;
  /** How many rows have this content. */
  readonly rows: number;
}

/**
 * For each content as many of the owner's prompts as rows want, the oldest first, the trash left out. Reads what a batch
 * needs, and besides only prompts that were claimed since `claimedUpTo`, each once in an import.
 */
export async function findEqual(
  db: Db,
  ownerId: string,
  wanted: readonly Wanted[],
  claims: { isClaimed(id: string): boolean; claimedUpTo(hash: string): string | undefined },
): Promise<EqualSearch[]> {
  const searches = wanted.map(({ hash, rows }) => ({
    hash,
    rows,
    free: [] as string[],
    after: claims.claimedUpTo(hash) ?? NO_ID,
    upTo: claims.claimedUpTo(hash),
    passed: 0,
  }));
  const byHash = new Map(searches.map((search) => [search.hash, search]));
  for (let open = searches, spare = SPARE; open.length > 0; spare *= 4) {
    const limits = new Map(open.map(({ hash, rows, free }) => [hash, rows - free.length + spare]));
    const found = await listByContent(
      db,
      ownerId,
      open.map(({ hash, after }) => ({ hash, after, limit: limits.get(hash) ?? 0 })),
    );
    const read = new Map<string, number>();
    for (const { hash, id } of found) {
      read.set(hash, (read.get(hash) ?? 0) + 1);
      const search = byHash.get(hash);
      if (search === undefined || search.free.length === search.rows) continue;
      if (!claims.isClaimed(id)) search.free.push(id);
      search.after = id;
      search.upTo = id;
      search.passed += 1;
    }
    open = open.filter(({ hash, rows, free }) => free.length < rows && read.get(hash) === limits.get(hash));
  }
  return searches;
}
