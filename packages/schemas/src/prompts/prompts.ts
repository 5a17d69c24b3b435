import { z } from 'zod';
import { faultOptions } from '../faults/refusing.ts';
import { fault } from '../faults/sentences.ts';
import { BaseVersion, Handle, Id, PublicUser, Slug, Timestamp, VersionNumber } from '../values/ids.ts';
import { jsonObject, storedJsonObject } from '../values/json.ts';
import { pageInput, pageOf } from '../values/page.ts';
import { BasedOn, Revision } from '../values/revision.ts';
import { jsonBytes, line, name, SearchText, text } from '../values/text.ts';
import { MAX_LABEL_LENGTH } from './labels.ts';
import { ChatMessage, MAX_CONTENT_BYTES, MAX_CONTENT_LENGTH } from './messages.ts';
import { SavedMessages } from './saved-messages.ts';
import { signedFields } from './signatures.ts';

export const PromptKind = z.enum(['text', 'chat']).describe('`text`: one text, `content`. `chat`: `messages`.');
export type PromptKind = z.infer<typeof PromptKind>;

/** Who sees a prompt beside its owner: nobody, or everybody who is signed in. Groups are apart. */
export const PromptVisibility = z.enum(['private', 'public']).meta({
  description:
    '`private`: its owner, the members of groups that its owner put it into, and administrators. `public`: every signed-in caller, which is every stranger where anybody may register.',
});
export type PromptVisibility = z.infer<typeof PromptVisibility>;

export const PromptTitle = name(200).describe('What people find it by.');
export const PromptCategory = name(60).describe('The one category that it is filed under.');
export const PromptContent = text(MAX_CONTENT_LENGTH, 1).refine(
  (value) => jsonBytes(value) <= MAX_CONTENT_BYTES,
  faultOptions(fault('too_big', { maximum: MAX_CONTENT_BYTES, unit: 'bytes' })),
);
export const PromptDescription = text(5000).describe('What it is for.');
export const ChangeNote = line(500).describe('What this version changes, for the history.');

/** Compared without regard to case, width and form, and shown as its owner wrote it first; so is a category. */
export const Tag = name(50);
export const Tags = z.array(Tag).max(20).describe('Further words that it is filed under.');

/** Free: model, temperature, tools. */
export const PromptConfig = jsonObject(65_536);
/** JSON Schema, draft 2020-12, of the values that a rendering takes. */
export const InputSchema = jsonObject(65_536).meta({
  description: 'JSON Schema 2020-12 of what the inputs are, as far as the text itself does not tell.',
});
/** JSON Schema, draft 2020-12, of what a model answers. */
export const OutputSchema = jsonObject(65_536).meta({
  description: 'JSON Schema 2020-12 of what a model answers; without one it answers text.',
});

export const PromptPermissions = z
  .strictObject({ canEdit: z.boolean(), canShare: z.boolean(), canDelete: z.boolean() })
  .meta({ id: 'PromptPermissions' });

/** A prompt in its latest version, as its reader sees it. */
export const Prompt = z
  .strictObject({
    id: Id,
    slug: Slug,
    ref: z.string().max(200),
    title: z.string().max(200),
    content: z.string().max(400_000),
    kind: PromptKind,
    messages: z.array(ChatMessage).max(200).nullable(),
    description: z.string().max(5000),
    category: z.string().max(60).nullable(),
    tags: z.array(z.string().max(50)).max(20),
    isTemplate: z.boolean(),
    visibility: PromptVisibility,
    config: storedJsonObject,
    inputSchema: storedJsonObject.nullable(),
    outputSchema: storedJsonObject.nullable(),
    version: VersionNumber,
    origin: z.strictObject({ promptId: Id, version: VersionNumber }).nullable(),
    owner: PublicUser,
    isFavorite: z.boolean(),
    permissions: PromptPermissions,
    createdAt: Timestamp,
    updatedAt: Timestamp,
    trashedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Prompt' });
export type Prompt = z.infer<typeof Prompt>;
/** A prompt alone: with what its latest version promises, and what a change of it may build on. */
export const CurrentPrompt = z
  .strictObject({ ...Prompt.shape, ...signedFields, revision: Revision })
  .meta({ id: 'CurrentPrompt' });
export type CurrentPrompt = z.infer<typeof CurrentPrompt>;
/** What came out of the trash. */
export const RestoredPrompt = z
  .strictObject({
    ...CurrentPrompt.shape,
    formerSlug: Slug.nullable().meta({
      description:
        'The slug that it had, where another prompt has taken that meanwhile: `slug` is then numbered. Null where it has it again.',
    }),
  })
  .meta({ id: 'RestoredPrompt' });
export type RestoredPrompt = z.infer<typeof RestoredPrompt>;

/** A piece of a text, from `start` until before `end`. */
export const TextMark = z.strictObject({ start: z.int().min(0).max(200), end: z.int().min(1).max(202) }).meta({
  id: 'TextMark',
  description: 'From `start` until before `end`, in UTF-16 units, as strings of JavaScript count.',
});
export type TextMark = z.infer<typeof TextMark>;
/** Why a search has found a prompt. */
export const PromptMatch = z
  .strictObject({
    title: z.array(TextMark).max(12).meta({ description: 'Words of the title that were searched for.' }),
    excerpt: z
      .strictObject({ text: z.string().max(202), marks: z.array(TextMark).max(12) })
      .nullable()
      .meta({
        description:
          'A piece of the content with the most of what was searched for, on one line; null where nothing of it stands there, or the page holds enough of them.',
      }),
  })
  .meta({ id: 'PromptMatch' });
export type PromptMatch = z.infer<typeof PromptMatch>;
/** Labels that a list says of each prompt. */
export const LABELS_IN_LISTS = 20;

/** A prompt in a list; with `match` where it was searched for. */
export const ListedPrompt = z
  .strictObject({
    ...Prompt.shape,
    labels: z
      .array(z.strictObject({ label: z.string().max(MAX_LABEL_LENGTH), version: VersionNumber }))
      .max(LABELS_IN_LISTS)
      .meta({ description: 'Labels and the versions that they point at: the first twenty by name.' }),
    lastUsedAt: Timestamp.nullable().meta({
      description:
        'When it was last read, resolved or rendered; null where it never was, and to others than its owner and administrators.',
    }),
    match: PromptMatch.optional().meta({ description: 'Why it was found: only where there is a `q`.' }),
  })
  .meta({ id: 'ListedPrompt' });
export type ListedPrompt = z.infer<typeof ListedPrompt>;
export const PromptPage = pageOf(ListedPrompt).meta({ id: 'PromptPage' });

/** `chat` needs `messages` and makes `content` from them; `text` (the default) needs `content`. */
export const CreatePromptInput = z
  .strictObject({
    title: PromptTitle,
    content: PromptContent.optional().describe(
      'The text of a text prompt, in the prompt language: `{{ ticket }}` is an input.',
    ),
    kind: PromptKind.optional(),
    messages: SavedMessages.optional().describe('The messages of a chat, in their order.'),
    description: PromptDescription.optional(),
    category: PromptCategory.nullable().optional().describe('The one category that it is filed under; null for none.'),
    tags: Tags.optional(),
    isTemplate: z.boolean().optional().describe('Whether it is meant to be copied, and stands among the templates.'),
    visibility: PromptVisibility.optional(),
    config: PromptConfig.optional().describe(
      'Whatever a program needs to ask a model with: its name, temperature, tools.',
    ),
    inputSchema: InputSchema.nullable().optional(),
    outputSchema: OutputSchema.nullable().optional(),
    slug: Slug.optional(),
    changeNote: ChangeNote.optional(),
  })
  .meta({ examples: [{ title: 'Support triage', content: 'Sort this ticket: {{ ticket }}', tags: ['support'] }] });
export type CreatePromptInput = z.infer<typeof CreatePromptInput>;

/** Fields left out stay as they are. */
export const UpdatePromptInput = z
  .strictObject({
    id: Id.describe('The id of the prompt.'),
    ...CreatePromptInput.partial().shape,
    baseVersion: BaseVersion.optional(),
    revision: BasedOn.optional(),
  })
  .meta({
    examples: [
      {
        id: '01900000-0000-7000-8000-000000000001',
        content: 'Sort this ticket by urgency: {{ ticket }}',
        changeNote: 'Urgency first',
      },
    ],
  });
export type UpdatePromptInput = z.infer<typeof UpdatePromptInput>;

export const PromptSort = z
  .enum(['relevance', 'updated', 'created', 'title', 'usage'])
  .describe('In which order. Without it: `relevance` where there is a `q`, else `updated`, the latest first.');
export type PromptSort = z.infer<typeof PromptSort>;

const promptFilters = {
  q: SearchText.optional(),
  category: PromptCategory.optional().describe('Only prompts of this category.'),
  tag: z.array(Tag).max(20).optional().describe('Only prompts with this tag; given several times, with all of them.'),
  owner: z
    .union([z.literal('me'), Handle])
    .optional()
    .describe('Only prompts of this account: `me`, or a handle.'),
  groupId: Id.optional().describe('Only prompts of this group.'),
  favorite: z.boolean().optional().describe('Only those that you have marked, or only the others.'),
  visibility: PromptVisibility.optional(),
};

/** By what prompts are found; a prompt must meet all of it. */
export const PromptFilters = z.strictObject({
  ...promptFilters,
  isTemplate: z.boolean().optional().describe('Only templates, or only the others.'),
});
export type PromptFilters = z.infer<typeof PromptFilters>;

export const ListPromptsInput = z.strictObject({
  ...pageInput,
  ...PromptFilters.shape,
  trashed: z.boolean().optional().describe('Only your own prompts in the trash, in place of those that are not there.'),
  sort: PromptSort.optional(),
});
export type ListPromptsInput = z.infer<typeof ListPromptsInput>;

export const ListTemplatesInput = z.strictObject({ ...pageInput, ...promptFilters, sort: PromptSort.optional() });
export type ListTemplatesInput = z.infer<typeof ListTemplatesInput>;

/** Copies the latest version, or the one named, into the caller's own prompts. */
export const DuplicatePromptInput = z.strictObject({
  id: Id,
  version: VersionNumber.optional().describe('Which version is copied; the latest unless given.'),
  title: PromptTitle.optional(),
  slug: Slug.optional(),
});
export type DuplicatePromptInput = z.infer<typeof DuplicatePromptInput>;

export const ListCountsInput = z.strictObject({ ...pageInput, q: SearchText.optional() });
export type ListCountsInput = z.infer<typeof ListCountsInput>;

/** How much of the trash a call has removed. */
export const PurgedTrash = z
  .strictObject({
    purged: z.int().min(0).meta({ description: 'How many prompts this call has removed for good.' }),
    more: z.boolean().meta({ description: 'Whether the trash holds more: call again until it is false.' }),
  })
  .meta({ id: 'PurgedTrash' });
export type PurgedTrash = z.infer<typeof PurgedTrash>;

/** A category or tag, and how many readable prompts carry it. */
export const NameCount = z
  .strictObject({ name: z.string().max(60), promptCount: z.int().min(1) })
  .meta({ id: 'NameCount' });
export type NameCount = z.infer<typeof NameCount>;
export const NameCountPage = pageOf(NameCount).meta({ id: 'NameCountPage' });

/** Days are in UTC and both included; without `from`, the last 30 days. */
export const PromptUsageInput = z.strictObject({
  id: Id,
  ...pageInput,
  from: z.iso.date().max(10).optional().describe('The first day, in UTC; thirty days ago unless given.'),
  to: z.iso.date().max(10).optional().describe('The last day, in UTC; today unless given.'),
});
export type PromptUsageInput = z.infer<typeof PromptUsageInput>;

/** With `version`, of that one only. */
export const VersionUsesInput = z.strictObject({
  id: Id,
  ...pageInput,
  version: VersionNumber.optional().describe('Only uses of this version.'),
});
export type VersionUsesInput = z.infer<typeof VersionUsesInput>;

/** How one consumer has used one version of a prompt. */
export const VersionUse = z
  .strictObject({
    version: VersionNumber,
    consumer: z.string().max(100).meta({
      description: '`web`, a key of your own by its name, or somebody’s program and a number, the same each time.',
    }),
    uses: z.int().min(0),
    firstUsedAt: Timestamp,
    lastUsedAt: Timestamp,
  })
  .meta({ id: 'VersionUse' });
export type VersionUse = z.infer<typeof VersionUse>;
export const VersionUsePage = pageOf(VersionUse).meta({ id: 'VersionUsePage' });

/** How often a prompt was used on one day, in one version, by one consumer. */
export const PromptUsage = z
  .strictObject({
    day: z.iso.date(),
    version: VersionNumber,
    consumer: z.string().max(100).meta({
      description: "`web`, the name of one of the owner's own keys, or `somebody's program` and a number",
    }),
    uses: z.int().min(0),
  })
  .meta({ id: 'PromptUsage' });
export type PromptUsage = z.infer<typeof PromptUsage>;
export const PromptUsagePage = pageOf(PromptUsage).meta({ id: 'PromptUsagePage' });
