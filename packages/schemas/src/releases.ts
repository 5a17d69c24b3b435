import { z } from 'zod';
import {
  acceptBreaking,
  hasReason,
  Label,
  LabelMove,
  MAX_LABEL_LENGTH,
  MoveReason,
  reasonRequired,
} from './prompts/labels.ts';
import { Id, PublicUser, Timestamp, VersionNumber } from './values/ids.ts';
import { pageInput, pageOf } from './values/page.ts';

/** Prompts of one release. */
export const MAX_RELEASED_PROMPTS = 100;

const Released = z.strictObject({
  promptId: Id.describe('The id of the prompt.'),
  version: VersionNumber.optional().meta({ description: 'The latest where none is given.' }),
  expectedVersion: VersionNumber.nullable()
    .optional()
    .meta({ description: 'Where its label has to point still, null for nowhere.' }),
});

/** Which version of each prompt a label is to point at. */
export const CreateReleaseInput = z
  .strictObject({
    label: Label,
    prompts: z
      .array(Released)
      .min(1)
      .max(MAX_RELEASED_PROMPTS)
      .describe('Each prompt once, with the version to point at.'),
    reason: MoveReason.optional(),
    acceptBreaking,
  })
  .refine(hasReason, reasonRequired)
  .meta({
    examples: [
      {
        label: 'production',
        prompts: [{ promptId: '01900000-0000-7000-8000-000000000001', version: 1 }],
        reason: 'Triage by urgency',
      },
    ],
  });
export type CreateReleaseInput = z.infer<typeof CreateReleaseInput>;

export const UndoReleaseInput = z.strictObject({ id: Id, reason: MoveReason.optional() });
export type UndoReleaseInput = z.infer<typeof UndoReleaseInput>;

/** What became of each prompt of a release that was made, in the order of the call. */
export const MadeRelease = z
  .strictObject({
    id: Id.nullable().meta({ description: 'Null where every label points there already, so that nothing was moved.' }),
    results: z
      .array(
        z.strictObject({
          promptId: Id,
          outcome: z.enum(['moved', 'unchanged']),
          from: VersionNumber.nullable(),
          to: VersionNumber.nullable(),
        }),
      )
      .max(MAX_RELEASED_PROMPTS),
  })
  .meta({ id: 'MadeRelease' });
export type MadeRelease = z.infer<typeof MadeRelease>;

/** Moves of one label on several prompts, made as one. */
export const Release = z
  .strictObject({
    id: Id,
    label: z.string().max(MAX_LABEL_LENGTH),
    reason: z.string().max(500).nullable(),
    releasedBy: PublicUser,
    byProgram: z.boolean(),
    releasedAt: Timestamp,
    promptCount: z.int().min(1).meta({ description: 'Of those that you may read.' }),
    undoes: Id.nullable().meta({ description: 'The release that this one took back.' }),
    undoneBy: Id.nullable().meta({ description: 'The release that took this one back.' }),
  })
  .meta({ id: 'Release' });
export type Release = z.infer<typeof Release>;
export const ReleasePage = pageOf(Release).meta({ id: 'ReleasePage' });

/** A release with every move of it. */
export const WholeRelease = z
  .strictObject({
    ...Release.shape,
    moves: z.array(z.strictObject({ ...LabelMove.shape, promptId: Id })).max(MAX_RELEASED_PROMPTS),
  })
  .meta({ id: 'WholeRelease' });
export type WholeRelease = z.infer<typeof WholeRelease>;

/** Without `promptId` those that the caller has made; with it, all that have moved a label of the prompt. */
export const ListReleasesInput = z.strictObject({
  ...pageInput,
  promptId: Id.optional().describe('Those of this prompt, whoever made them, in place of your own.'),
});
export type ListReleasesInput = z.infer<typeof ListReleasesInput>;
