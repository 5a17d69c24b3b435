// The procedure of what a prompt includes: prompts.resolve, for the prompts that its text names, and for a version with all of these.
import { isPromptoryError, type RouterOutputs } from '@promptory/client';
import { queryOptions } from '@tanstack/react-query';
import { promptory, queryClient, trpc } from '../../data/promptory.ts';
import type { Included, IncludedText } from '../language/questions.ts';
import { candidatesOf, type Owner } from './references.ts';

type Resolved = RouterOutputs['prompts']['resolve'];

/** What a reference in a text leads to, or why it leads nowhere. */
export type Inclusion = { readonly reference: string } & (
  | {
      readonly to: { readonly promptId: string; readonly version: number; readonly ref: string };
      readonly texts: readonly IncludedText[];
      readonly why?: undefined;
    }
  | { readonly to: null; readonly why: string }
);

/** Labels move, and others write: what was found is asked for again after that. */
const FRESH_MS = 60_000;

const keyOf = ({ promptId, version }: Pick<Resolved, 'promptId' | 'version'>): string => `${promptId}#${version}`;
const edgesOf = (includes: Resolved['includes']) => includes.map((to) => ({ name: to.name, key: keyOf(to) }));

/** A version with all that it includes, as it was settled when that was saved. */
export const resolvedVersion = (ref: string, version: number) =>
  trpc.prompts.resolve.queryOptions({ ref: `${ref}#${version}` }, { staleTime: FRESH_MS });

/** All that a saved version includes. What its authors declare is in what the version takes. */
export const includedBy = ({ includes, included }: Resolved): Included => ({
  includes: edgesOf(includes),
  texts: included.map((one) => ({
    ...{ key: keyOf(one), content: one.content, inputSchema: null },
    includes: edgesOf(one.includes),
  })),
});

/** What a reference leads to in a text of that owner, once it is saved. */
export const inclusionOf = (reference: string, owner: Owner) =>
  queryOptions({
    queryKey: ['inclusion', owner, reference],
    queryFn: () => find(reference, owner),
    staleTime: FRESH_MS,
  });

/** The same of several. @throws PromptoryError where the server does not answer */
export const inclusionsOf = (references: readonly string[], owner: Owner): Promise<readonly Inclusion[]> =>
  Promise.all(references.map((reference) => queryClient.fetchQuery(inclusionOf(reference, owner))));

/** All of them as one prompt has them; what leads nowhere is not there. */
export function togetherOf(inclusions: readonly Inclusion[]): Included {
  const found = inclusions.flatMap((one) => (one.to === null ? [] : [one]));
  return {
    includes: found.map(({ reference, to }) => ({ name: reference, key: keyOf(to) })),
    texts: [...new Map(found.flatMap(({ texts }) => texts).map((text) => [text.key, text])).values()],
  };
}

async function find(reference: string, owner: Owner): Promise<Inclusion> {
  for (const { ref, isMeant } of candidatesOf(reference, owner)) {
    const resolved = await resolve(ref);
    if (typeof resolved === 'string') return { reference, to: null, why: resolved };
    if (resolved === null || !isMeant(resolved)) continue;
    if (resolved.kind !== 'text') {
      return { reference, to: null, why: 'It is a chat: only a prompt of one text can be included.' };
    }
    const { promptId, version } = resolved;
    return { reference, to: { promptId, version, ref: resolved.ref }, texts: await textsOf(resolved) };
  }
  return { reference, to: null, why: 'It is not there, or you may not read it.' };
}

/** A prompt, null where it is not there, or a sentence on why it leads nowhere. @throws PromptoryError where nobody can say */
async function resolve(ref: string): Promise<Resolved | string | null> {
  try {
    return await promptory.prompts.resolve.query({ ref });
  } catch (error) {
    if (isPromptoryError(error, 'prompt.not_found')) return null;
    if (isPromptoryError(error, 'request.invalid')) return 'It is no name of a prompt.';
    // What names neither a label nor a version means the latest where none is in production.
    if (isPromptoryError(error, 'label.not_found')) return /[@#]/.test(ref) ? error.message : resolve(`${ref}@latest`);
    if (isPromptoryError(error, 'prompt.version_not_found')) return error.message;
    throw error;
  }
}

/** The text of a prompt and of all that it includes, each with what its author declares. */
async function textsOf(resolved: Resolved): Promise<readonly IncludedText[]> {
  const { content, inputSchema, includes, included } = resolved;
  const own = { key: keyOf(resolved), content, inputSchema, includes: edgesOf(includes) };
  const below = included.map(async (one): Promise<IncludedText> => {
    const whole = await resolve(`${one.ref}#${one.version}`);
    const declared = whole !== null && typeof whole === 'object' ? whole.inputSchema : null;
    return { key: keyOf(one), content: one.content, inputSchema: declared, includes: edgesOf(one.includes) };
  });
  return [own, ...(await Promise.all(below))];
}
