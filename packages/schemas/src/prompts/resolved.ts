import { z } from 'zod';
import { Id, PublicUser, Slug, VersionNumber } from '../values/ids.ts';
import { storedJsonObject } from '../values/json.ts';
import { pageInput, pageOf } from '../values/page.ts';
import { Label, MAX_LABEL_LENGTH } from './labels.ts';
import { ListPromptsInput, PromptKind } from './prompts.ts';
import { Reference } from './references.ts';
import { PromptVersion } from './versions.ts';

/** References that one call resolves. */
export const MAX_REFERENCES = 100;

/** Versions that one prompt may include, by whatever way. */
export const MAX_INCLUDED = 50;

/** To which version a reference in a text leads. */
export const Inclusion = z
  .strictObject({
    name: z.string().max(1000).meta({ description: 'The reference, as `{% render %}` writes it.' }),
    promptId: Id,
    version: VersionNumber,
  })
  .meta({ id: 'Inclusion' });
export type Inclusion = z.infer<typeof Inclusion>;

const includes = z.array(Inclusion).max(MAX_INCLUDED);

/** A version that another one includes, with its text. */
export const IncludedPrompt = z
  .strictObject({
    promptId: Id,
    version: VersionNumber,
    ref: z.string().max(200),
    content: z.string().max(400_000),
    includes,
  })
  .meta({ id: 'IncludedPrompt' });
export type IncludedPrompt = z.infer<typeof IncludedPrompt>;

export const IncludersInput = z.strictObject({ id: Id, ...pageInput });
export type IncludersInput = z.infer<typeof IncludersInput>;

/** A version of a prompt that includes another one. */
export const Includer = z
  .strictObject({
    promptId: Id,
    ref: z.string().max(200),
    title: z.string().max(200),
    version: VersionNumber,
    isLatest: z.boolean(),
    name: z.string().max(1000).meta({ description: 'The reference, as it writes it.' }),
    pinned: VersionNumber.nullable().meta({
      description: 'The version that it includes; null where it follows a label.',
    }),
    label: z.string().max(MAX_LABEL_LENGTH).nullable(),
  })
  .meta({ id: 'Includer' });
export type Includer = z.infer<typeof Includer>;
export const IncluderPage = pageOf(Includer).meta({ id: 'IncluderPage' });

/** The version that a reference names. */
export const ResolvedPrompt = z
  .strictObject({
    ...PromptVersion.shape,
    kind: PromptKind,
    ref: z.string().max(200).meta({ description: 'Its handle and slug: names it for everybody.' }),
    slug: Slug,
    owner: PublicUser,
    includes: includes.meta({ description: 'What its own text includes; labels as they point now.' }),
    included: z.array(IncludedPrompt).max(MAX_INCLUDED).meta({
      description: 'Each version that it includes, by whatever way, once: all that a rendering needs.',
    }),
    label: z
      .string()
      .max(MAX_LABEL_LENGTH)
      .nullable()
      .meta({ description: 'The label by which it was found; null where the reference names a version.' }),
  })
  .meta({ id: 'ResolvedPrompt' });
export type ResolvedPrompt = z.infer<typeof ResolvedPrompt>;

export const ResolveInput = z.strictObject({ ref: Reference });
export type ResolveInput = z.infer<typeof ResolveInput>;

/** Asks what prompts take and answer: the caller's own, or those of a group. */
export const ListSignaturesInput = z.strictObject({
  ...pageInput,
  groupId: Id.optional().describe('The prompts of this group that you may read, instead of your own.'),
  tag: ListPromptsInput.shape.tag,
  label: z
    .array(Label)
    .max(20)
    .optional()
    .describe('Only these labels beside the latest versions; all of them where none is named.'),
});
export type ListSignaturesInput = z.infer<typeof ListSignaturesInput>;

/** Labels of one version that are listed. */
export const MAX_LISTED_LABELS = 1000;

/** What a version takes and answers that is the latest of its prompt, or that a label points at: without its text. */
export const PromptSignature = z
  .strictObject({
    promptId: Id,
    slug: Slug,
    ref: z.string().max(200).meta({ description: 'Its handle and slug: names it for everybody.' }),
    version: VersionNumber,
    isLatest: z.boolean(),
    labels: z
      .array(z.string().max(MAX_LABEL_LENGTH))
      .max(MAX_LISTED_LABELS)
      .meta({ description: 'Those that point at it, of the labels that were asked for.' }),
    title: z.string().max(200),
    description: PromptVersion.shape.description,
    inputs: storedJsonObject.nullable().meta({
      description: 'JSON Schema of all inputs; null where its text is no template.',
    }),
    output: storedJsonObject.nullable().meta({ description: 'JSON Schema of what a model answers; null means text.' }),
  })
  .meta({ id: 'PromptSignature' });
export type PromptSignature = z.infer<typeof PromptSignature>;
export const PromptSignaturePage = pageOf(PromptSignature).meta({ id: 'PromptSignaturePage' });
