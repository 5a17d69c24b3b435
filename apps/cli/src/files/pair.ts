import { createHash } from 'node:crypto';
import type { Prompt } from '@promptory/client';
import type { LockEntry } from './lock.ts';
import { type PromptFields, writePromptFile } from './prompt-file.ts';

/** What became of one side since both were the same. */
export type Change = 'same' | 'edited' | 'moved' | 'added' | 'deleted';

/** A file and the prompt that it belongs to, as far as they are there. */
export interface Pair {
  /** The file's, or that which it would have. */
  readonly slug: string;
  readonly file: PromptFields | null;
  readonly prompt: Prompt | null;
  /** What they were when they were the same, and under which slug; null where they never were. */
  readonly base: (LockEntry & { readonly slug: string }) | null;
  readonly here: Change;
  readonly there: Change;
  /** Whether both changed, and not to the same. */
  readonly isConflict: boolean;
}

export const hashOf = (fields: PromptFields): string =>
  createHash('sha256').update(writePromptFile(fields)).digest('hex').slice(0, 32);

/** Each file with its prompt, by the lock, by what a moved file says, and by slug, in the order of slugs. */
export function pairUp(
  lock: ReadonlyMap<string, LockEntry>,
  files: ReadonlyMap<string, PromptFields>,
  prompts: readonly Prompt[],
): Pair[] {
  const byId = new Map(prompts.map((prompt) => [prompt.id, prompt]));
  const hashes = new Map([...files].map(([slug, file]) => [slug, hashOf(file)]));
  const unknown = new Set([...files.keys()].filter((slug) => !lock.has(slug)));
  const byHash = slugsByHash(unknown, hashes);
  const pairs: Pair[] = [];
  for (const [slug, entry] of lock) {
    const moved = files.has(slug) ? undefined : byHash.get(entry.file)?.shift();
    const own = moved ?? slug;
    unknown.delete(own);
    const prompt = byId.get(entry.id) ?? null;
    byId.delete(entry.id);
    pairs.push(pairOf({ slug: own, file: files.get(own) ?? null, prompt, base: { ...entry, slug } }, hashes.get(own)));
  }
  const bySlug = new Map([...byId.values()].map((prompt) => [prompt.slug, prompt]));
  for (const slug of new Set([...unknown, ...bySlug.keys()])) {
    const file = unknown.has(slug) ? (files.get(slug) ?? null) : null;
    pairs.push(pairOf({ slug, file, prompt: bySlug.get(slug) ?? null, base: null }, hashes.get(slug)));
  }
  return pairs.sort((one, other) => (one.slug < other.slug ? -1 : 1));
}

/** The first of each is the first that moves. */
function slugsByHash(slugs: Iterable<string>, hashes: ReadonlyMap<string, string>): Map<string, string[]> {
  const byHash = new Map<string, string[]>();
  for (const slug of slugs) {
    const hash = hashes.get(slug) ?? '';
    const same = byHash.get(hash);
    if (same === undefined) byHash.set(hash, [slug]);
    else same.push(slug);
  }
  return byHash;
}

type Sides = Pick<Pair, 'slug' | 'file' | 'prompt' | 'base'>;

function pairOf(sides: Sides, fileHash: string | undefined): Pair {
  const { slug, file, prompt, base } = sides;
  const promptHash = prompt === null ? undefined : hashOf(prompt);
  const here = changeOf(
    file === null ? null : { slug, hash: fileHash },
    base === null ? null : { slug: base.slug, hash: base.file },
  );
  const there = changeOf(
    prompt === null ? null : { slug: prompt.slug, hash: promptHash },
    base === null ? null : { slug: base.slug, hash: base.server },
  );
  const isAgreed =
    fileHash === promptHash && (file === null || prompt === null ? file === prompt : slug === prompt.slug);
  return { ...sides, here, there, isConflict: here !== 'same' && there !== 'same' && !isAgreed };
}

interface State {
  readonly slug: string;
  readonly hash: string | undefined;
}

function changeOf(now: State | null, before: State | null): Change {
  if (before === null) return now === null ? 'same' : 'added';
  if (now === null) return 'deleted';
  if (now.slug !== before.slug) return 'moved';
  return now.hash === before.hash ? 'same' : 'edited';
}
