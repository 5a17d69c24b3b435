import { z } from 'zod';
import { Id, PublicUser, Timestamp, VersionNumber } from './ids.ts';
import { pageInput, pageOf } from './page.ts';
import { ChatMessage } from './prompts.ts';

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
    config: z.record(z.string(), z.unknown()),
    inputSchema: z.record(z.string(), z.unknown()).nullable(),
    /** SHA-256 in hexadecimal: equal for equal content. */
    contentHash: z.string().length(64),
  })
  .meta({ id: 'PromptVersion' });
export type PromptVersion = z.infer<typeof PromptVersion>;

export const ListVersionsInput = z.strictObject({ id: Id, ...pageInput });
export type ListVersionsInput = z.infer<typeof ListVersionsInput>;

export const VersionInput = z.strictObject({ id: Id, version: VersionNumber });
export type VersionInput = z.infer<typeof VersionInput>;

export const RestoreVersionInput = z.strictObject({
  id: Id,
  version: VersionNumber,
  baseVersion: VersionNumber.optional(),
});
export type RestoreVersionInput = z.infer<typeof RestoreVersionInput>;

export const DiffInput = z.strictObject({ id: Id, from: VersionNumber, to: VersionNumber });
export type DiffInput = z.infer<typeof DiffInput>;

const ChangeType = z.enum(['same', 'added', 'removed']);

export const TextDiff = z
  .strictObject({
    changed: z.boolean(),
    lines: z.array(
      z.strictObject({
        type: ChangeType,
        text: z.string(),
        oldLine: z.int().nullable(),
        newLine: z.int().nullable(),
      }),
    ),
    words: z.array(z.strictObject({ type: ChangeType, text: z.string() })),
  })
  .meta({ id: 'TextDiff' });
export type TextDiff = z.infer<typeof TextDiff>;

/** A change within JSON; `path` is a JSON Pointer (RFC 6901). */
export const PathChange = z
  .strictObject({
    path: z.string(),
    type: z.enum(['added', 'removed', 'changed']),
    from: z.unknown().optional(),
    to: z.unknown().optional(),
  })
  .meta({ id: 'PathChange' });
export type PathChange = z.infer<typeof PathChange>;

export const VersionDiff = z
  .strictObject({
    from: VersionNumber,
    to: VersionNumber,
    title: TextDiff,
    description: TextDiff,
    content: TextDiff,
    messages: z.array(PathChange),
    config: z.array(PathChange),
    inputSchema: z.array(PathChange),
  })
  .meta({ id: 'VersionDiff' });
export type VersionDiff = z.infer<typeof VersionDiff>;
