import { z } from 'zod';
import { faultOptions, formatted, refusing } from '../faults/refusing.ts';
import { fault } from '../faults/sentences.ts';
import { Id, PublicUser, Timestamp, VersionNumber } from '../values/ids.ts';
import { pageInput, pageOf } from '../values/page.ts';
import { line } from '../values/text.ts';

/** The label that the latest version has by itself. */
export const LATEST = 'latest';
/** The label that a reference without one means. */
export const DEFAULT_LABEL = 'production';

/** Characters of a label. */
export const MAX_LABEL_LENGTH = 36;
const PATTERN = /^[a-z0-9][a-z0-9_.-]{0,35}$/;

/** Whether a text may be a label, `latest` included. */
export const isLabel = (text: string): boolean => text.length <= MAX_LABEL_LENGTH && PATTERN.test(text);

/** Whether a text reads as the number of a version, which no new label is. */
export const isNumber = (text: string): boolean => /^[0-9]+$/.test(text);

const reserved = fault('not_allowed', {}, 'Must be another label: `latest` is the latest version by itself');

/** A name that points at one version of a prompt: `production`. */
export const Label = z
  .string()
  .max(MAX_LABEL_LENGTH, { abort: true })
  .check(
    formatted('label', PATTERN),
    refusing((label) => (label === LATEST ? reserved : null)),
  )
  .meta({ description: 'The name of a label: `production`.', examples: ['production'] });
export type Label = z.infer<typeof Label>;

export const MoveReason = line(500).describe('Why, for the history and for the owner of the prompt.');

/** A step of a label from one version to another; null stands for no version. */
export const LabelMove = z
  .strictObject({
    id: Id,
    label: z.string().max(MAX_LABEL_LENGTH),
    from: VersionNumber.nullable(),
    to: VersionNumber.nullable(),
    movedBy: PublicUser,
    byProgram: z.boolean().meta({ description: 'Whether it was done with an API key of that account.' }),
    movedAt: Timestamp,
    reason: z.string().max(500).nullable(),
    isBreaking: z.boolean().meta({
      description:
        'Whether it broke the callers of the version that the label served before it: accepted for that reason, or by taking a move back.',
    }),
    undoes: Id.nullable().meta({ description: 'The move that this one took back.' }),
    releaseId: Id.nullable().meta({ description: 'The release of which it is a part.' }),
  })
  .meta({ id: 'LabelMove' });
export type LabelMove = z.infer<typeof LabelMove>;

/** A label of a prompt: where it points, and the move that brought it there. */
export const PromptLabel = z
  .strictObject({
    label: z.string().max(MAX_LABEL_LENGTH),
    version: VersionNumber.nullable().meta({
      description: 'The one version that it points at; null where it points at none and is only protected.',
    }),
    isProtected: z.boolean().meta({ description: 'Whether only the owner of the prompt and administrators move it.' }),
    lastMove: LabelMove.nullable(),
  })
  .meta({ id: 'PromptLabel' });
export type PromptLabel = z.infer<typeof PromptLabel>;
export const PromptLabelPage = pageOf(PromptLabel).meta({ id: 'PromptLabelPage' });

export const ListLabelsInput = z.strictObject({ id: Id, ...pageInput });
export type ListLabelsInput = z.infer<typeof ListLabelsInput>;

const at = Timestamp.optional().meta({ description: 'A time, instead of now.' });

export const LabelInput = z.strictObject({ id: Id, label: Label });
export type LabelInput = z.infer<typeof LabelInput>;

/** A label, now or as it was at a time. */
export const GetLabelInput = z.strictObject({ ...LabelInput.shape, at });
export type GetLabelInput = z.infer<typeof GetLabelInput>;

export const LabelHistoryInput = z.strictObject({ ...LabelInput.shape, ...pageInput, at });
export type LabelHistoryInput = z.infer<typeof LabelHistoryInput>;
export const LabelMovePage = pageOf(LabelMove).meta({ id: 'LabelMovePage' });

/** One thing by which a version breaks those who call another one. */
export const VersionBreak = z
  .strictObject({
    side: z.enum(['input', 'output']),
    path: z.string().max(500).meta({ description: 'Where, as a JSON Pointer; `*` stands for each item of a list.' }),
    kind: z.enum(['required', 'removed', 'narrowed', 'optional', 'widened', 'kind']).meta({
      description:
        'Of inputs: `required` (must be given now), `removed` (is not taken any more), `narrowed` (takes less). Of outputs: `removed`, `optional` (is not always there any more), `widened` (may be more than was promised), `kind` (a rendering gives messages where it gave text, or the other way round).',
    }),
    decided: z.boolean().meta({ description: 'False where the two cannot be compared, and may be compatible.' }),
    message: z.string().max(1000).meta({ description: 'A sentence without its subject, to be read after the path.' }),
  })
  .meta({ id: 'VersionBreak' });
export type VersionBreak = z.infer<typeof VersionBreak>;

/** Breaks that are listed. */
export const MAX_BREAKS = 100;

const breaking = {
  breaks: z.array(VersionBreak).max(MAX_BREAKS),
  breakCount: z.int().min(0).meta({ description: 'How many there are, those that are not listed included.' }),
};

/** From which version to which a label cannot be moved unseen, and what breaks. */
export const BreakingChange = z.strictObject({ from: VersionNumber, to: VersionNumber, ...breaking });
export type BreakingChange = z.infer<typeof BreakingChange>;

/** Asks what a move would break, without making it. */
export const CheckLabelInput = z.strictObject({ ...LabelInput.shape, version: VersionNumber });
export type CheckLabelInput = z.infer<typeof CheckLabelInput>;

/** What would become of a move. */
export const LabelCheck = z
  .strictObject({
    label: z.string().max(MAX_LABEL_LENGTH),
    from: VersionNumber.nullable().meta({
      description: 'Where the label points, or pointed last; null where it never did, so that nothing can break.',
    }),
    to: VersionNumber,
    isCompatible: z.boolean(),
    ...breaking,
  })
  .meta({ id: 'LabelCheck' });
export type LabelCheck = z.infer<typeof LabelCheck>;

/** Null: the label is to point at no version yet. */
const expectedVersion = VersionNumber.nullable().optional().meta({
  description: 'Where the label has to point still, null for nowhere: if it does not, nothing is moved.',
});
const reason = MoveReason.optional();

export const acceptBreaking = z.boolean().optional().meta({
  description: 'Moves it also where that breaks callers, for the `reason` that has to be given then.',
});

/** What is accepted is accepted for a reason. */
export const hasReason = ({
  acceptBreaking,
  reason,
}: {
  acceptBreaking?: boolean | undefined;
  reason?: string | undefined;
}) => acceptBreaking !== true || reason !== undefined;
export const reasonRequired = { path: ['reason'], ...faultOptions(fault('required', { expected: 'string' })) };

/** Points a label at a version. */
export const MoveLabelInput = z
  .strictObject({ ...LabelInput.shape, version: VersionNumber, reason, expectedVersion, acceptBreaking })
  .refine(hasReason, reasonRequired)
  .meta({
    examples: [
      { id: '01900000-0000-7000-8000-000000000001', label: 'production', version: 1, reason: 'Reviewed by Ann' },
    ],
  });
export type MoveLabelInput = z.infer<typeof MoveLabelInput>;

/** In an address there is no null: whoever removes a label expects a version. */
export const RemoveLabelInput = z.strictObject({
  ...LabelInput.shape,
  reason,
  expectedVersion: VersionNumber.optional().meta({
    description: 'Where the label has to point still: if it does not, it stays.',
  }),
});
export type RemoveLabelInput = z.infer<typeof RemoveLabelInput>;

/** Takes a label's last move back. */
export const UndoMoveInput = z.strictObject({
  ...LabelInput.shape,
  moveId: Id.describe('The last move of the label, which is taken back.'),
  reason,
});
export type UndoMoveInput = z.infer<typeof UndoMoveInput>;
