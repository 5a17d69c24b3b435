import { z } from 'zod';
import { Id } from './ids.ts';

/** Characters of a revision. */
export const REVISION_LENGTH = 22;

/** Another one whenever anything that is shown beside it has changed; over REST it is the ETag. */
export const Revision = z
  .string()
  .length(REVISION_LENGTH)
  .meta({
    description:
      'Another one whenever anything else that is shown here has changed. Given with a change, nothing is changed that others have changed meanwhile.',
    examples: ['q8sTjHcPlcTgTgfFGVcDzw'],
  });

/** The revision that a change builds on, or several of which one is to be the current. */
export const BasedOn = z.union([z.string().max(100), z.array(z.string().max(100)).max(50)]).meta({
  description: 'The `revision` that this builds on: where it is no longer the current one, nothing is changed.',
});

export type BasedOn = z.infer<typeof BasedOn>;

/** What is to be done away with, as it was seen. */
export const ByIdAndRevision = z.strictObject({ id: Id, revision: BasedOn.optional() });
export type ByIdAndRevision = z.infer<typeof ByIdAndRevision>;
