/** Whose text it is that includes: a name without a handle is one of theirs. */
export interface Owner {
  readonly handle: string;
  /** Whether they are who asks, so that the server reads names as it does when the text is saved. */
  readonly isCaller: boolean;
}

interface Named {
  readonly slug: string;
  readonly owner: { readonly handle: string };
}

interface Candidate {
  /** By which the caller asks for it. */
  readonly ref: string;
  /** Whether what was found is what the text means: a caller's own names come first for the caller. */
  isMeant(found: Named): boolean;
}

const always = (): boolean => true;

/** By which references a caller asks for what one means in a text of somebody: their own slug first, then a handle and a slug. */
export function candidatesOf(reference: string, { handle, isCaller }: Owner): readonly Candidate[] {
  if (isCaller) return [{ ref: reference, isMeant: always }];
  const end = reference.search(/[@#]/);
  const path = end === -1 ? reference : reference.slice(0, end);
  const own: Candidate = {
    ref: `${handle}/${reference}`,
    isMeant: ({ slug, owner }) => owner.handle === handle && slug === path,
  };
  if (!path.includes('/')) return [own];
  return [own, { ref: reference, isMeant: ({ slug, owner }) => `${owner.handle}/${slug}` === path }];
}
