import { z } from 'zod';
import { BaseVersion, Id, PublicUser, Timestamp, VersionNumber } from '../values/ids.ts';
import { storedJsonObject } from '../values/json.ts';
import { pageInput, pageOf } from '../values/page.ts';
import { ChatMessage } from './messages.ts';
import { signedFields } from './signatures.ts';

/** One version of a prompt in the list of them. */
export const VersionSummary = z
  .strictObject({
    version: VersionNumber,
    title: z.string().max(200),
    changeNote: z.string().max(500).nullable(),
    author: PublicUser,
    isLatest: z.boolean(),
    createdAt: Timestamp,
  })
  .meta({ id: 'VersionSummary' });
export type VersionSummary = z.infer<typeof VersionSummary>;
export const VersionPage = pageOf(VersionSummary).meta({ id: 'VersionPage' });

/** One immutable state of a prompt. */
export const PromptVersion = z
  .strictObject({
    ...VersionSummary.shape,
    promptId: Id,
    description: z.string().max(5000),
    content: z.string().max(400_000),
    messages: z.array(ChatMessage).max(200).nullable(),
    config: storedJsonObject,
    inputSchema: storedJsonObject.nullable(),
    outputSchema: storedJsonObject.nullable(),
    ...signedFields,
    /** SHA-256 in hexadecimal: equal for equal content. */
    contentHash: z.string().length(64),
  })
  .meta({ id: 'PromptVersion' });
export type PromptVersion = z.infer<typeof PromptVersion>;

export const ListVersionsInput = z.strictObject({ id: Id, ...pageInput });
export type ListVersionsInput = z.infer<typeof ListVersionsInput>;

export const VersionInput = z.strictObject({ id: Id, version: VersionNumber });
export type VersionInput = z.infer<typeof VersionInput>;

/** Which version becomes the latest again, as a new one. */
export const RestoreVersionInput = z
  .strictObject({
    id: Id,
    version: VersionNumber,
    baseVersion: BaseVersion.optional(),
  })
  .meta({ examples: [{ id: '01900000-0000-7000-8000-000000000001', version: 1 }] });
export type RestoreVersionInput = z.infer<typeof RestoreVersionInput>;

/** Which two versions are compared. */
export const DiffInput = z.strictObject({
  id: Id,
  from: VersionNumber.describe('The version that is compared.'),
  to: VersionNumber.describe('The version that it is compared with.'),
});
export type DiffInput = z.infer<typeof DiffInput>;

const ChangeType = z.enum(['same', 'removed', 'added']);

/** More than half a megabyte of JSON can hold. */
const MAX_RUNS = 10_000;
const MAX_WORDS = 20_000;

/** Neighbouring lines of one type: unchanged, only in the older version, or only in the newer one. */
export const TextRun = z
  .strictObject({
    type: ChangeType,
    /** Its first line on either side, from 1; on the side that lacks the run, the line that follows it. */
    oldStart: z.int().min(1),
    newStart: z.int().min(1),
    /** How many lines. */
    count: z.int().min(1),
    /**
     * The lines, joined by `\n`, in pieces; none for one empty line. Where an added run stands in the place of a removed
     * one, the `same` pieces are the words that both have. Null: unchanged lines, too far from a change to be shown.
     */
    words: z
      .array(z.strictObject({ type: ChangeType, text: z.string() }))
      .max(MAX_WORDS)
      .nullable(),
  })
  .meta({ id: 'TextRun' });
export type TextRun = z.infer<typeof TextRun>;

/** What differs between two texts, by line and by word. */
export const TextDiff = z
  .strictObject({
    /** Whether any character differs; without a removed or added run, line endings do. */
    changed: z.boolean(),
    /** How many lines each side has. */
    oldLines: z.int().min(0),
    newLines: z.int().min(0),
    /** In order: together all lines of both sides, up to `stoppedAt`. */
    runs: z.array(TextRun).max(MAX_RUNS),
    /** The first lines that are not shown, or not to their ends, because the answer would be too long; null where all are. */
    stoppedAt: z.strictObject({ oldLine: z.int().min(1), newLine: z.int().min(1) }).nullable(),
  })
  .meta({ id: 'TextDiff' });
export type TextDiff = z.infer<typeof TextDiff>;

/** A change within JSON; `path` is a JSON Pointer (RFC 6901). */
export const PathChange = z
  .strictObject({
    path: z.string(),
    /** `reordered`: the members of an object, whose names `from` and `to` list in order. */
    type: z.enum(['added', 'removed', 'changed', 'reordered']),
    from: z.unknown().optional(),
    to: z.unknown().optional(),
  })
  .meta({ id: 'PathChange' });
export type PathChange = z.infer<typeof PathChange>;

export const JsonDiff = z
  .strictObject({
    changes: z.array(PathChange).max(MAX_RUNS),
    /** The path of the first change that is left out because the answer would be too long; null where all are here. */
    stoppedAt: z.string().nullable(),
  })
  .meta({ id: 'JsonDiff' });
export type JsonDiff = z.infer<typeof JsonDiff>;

/** At most a mebibyte: each part says where it stopped. */
export const VersionDiff = z
  .strictObject({
    from: VersionNumber,
    to: VersionNumber,
    title: TextDiff,
    description: TextDiff,
    content: TextDiff,
    /** Of a chat; a message is also shown, line by line, in `content`. */
    messages: JsonDiff,
    config: JsonDiff,
    inputSchema: JsonDiff,
    outputSchema: JsonDiff,
  })
  .meta({ id: 'VersionDiff' });
export type VersionDiff = z.infer<typeof VersionDiff>;
