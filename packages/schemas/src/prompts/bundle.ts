import { z } from 'zod';
import { Handle, Id, Slug, Timestamp, VersionNumber } from '../values/ids.ts';
import { storedJsonObject } from '../values/json.ts';
import { Label } from './labels.ts';
import { ChatMessages } from './messages.ts';
import { ChangeNote, PromptVisibility } from './prompts.ts';

/** Prompts of one bundle, their versions and the moves of their labels. */
export const MAX_BUNDLE_PROMPTS = 5_000;
const MAX_VERSIONS = 10_000;
const MAX_MOVES = 10_000;

/** One version of a prompt of a bundle. Its fields are checked as those of any prompt where it is imported. */
export const BundleVersion = z
  .strictObject({
    version: VersionNumber,
    title: z.string().max(200),
    description: z.string().max(5000),
    content: z.string().max(400_000),
    messages: ChatMessages.nullable(),
    config: storedJsonObject,
    inputSchema: storedJsonObject.nullable(),
    outputSchema: storedJsonObject.nullable(),
    changeNote: ChangeNote.nullable(),
    author: Handle,
    createdAt: Timestamp,
    contentHash: z.string().length(64).meta({ description: 'SHA-256 in hexadecimal of all that makes the version.' }),
    includes: z
      .array(z.strictObject({ name: z.string().max(200), promptId: Id, version: VersionNumber }))
      .max(1_000)
      .optional()
      .meta({ description: 'What its references name, where it includes others.' }),
  })
  .meta({ id: 'BundleVersion' });
export type BundleVersion = z.infer<typeof BundleVersion>;

/** A step of a label, as its history has it. */
export const BundleMove = z
  .strictObject({
    label: Label,
    from: VersionNumber.nullable(),
    to: VersionNumber.nullable(),
    movedBy: Handle,
    movedAt: Timestamp,
    reason: z.string().min(1).max(500).nullable(),
    isBreaking: z.boolean(),
  })
  .meta({ id: 'BundleMove' });

/** A path by which other systems know a prompt: `pmpt_68b0…`. */
export const PromptAlias = Slug;

/** A prompt with all that it has. */
export const BundlePrompt = z
  .strictObject({
    id: Id,
    ref: z.string().max(200),
    slug: Slug,
    category: z.string().max(60).nullable(),
    tags: z.array(z.string().max(50)).max(20),
    isTemplate: z.boolean(),
    visibility: PromptVisibility,
    aliases: z.array(PromptAlias).max(20),
    labels: z
      .array(z.strictObject({ label: Label, version: VersionNumber.nullable(), isProtected: z.boolean() }))
      .max(100),
    versions: z.array(BundleVersion).min(1).max(MAX_VERSIONS),
    moves: z.array(BundleMove).max(MAX_MOVES),
  })
  .meta({ id: 'BundlePrompt' });
export type BundlePrompt = z.infer<typeof BundlePrompt>;

/** A group of whoever exported it, with the `ref`s of its prompts in their order. */
export const BundleGroup = z
  .strictObject({
    name: z.string().max(100),
    description: z.string().max(5000),
    prompts: z.array(z.string().max(200)).max(500),
  })
  .meta({ id: 'BundleGroup' });
export type BundleGroup = z.infer<typeof BundleGroup>;

/** Who vouches for a bundle, by Ed25519 (RFC 8032). */
export const BundleSignature = z
  .strictObject({
    algorithm: z.literal('Ed25519'),
    keyId: z.string().length(16),
    publicKey: z.string().length(43).meta({ description: 'The 32 bytes of the key in base64url.' }),
    value: z.string().length(86).meta({ description: '64 bytes in base64url.' }),
  })
  .meta({ id: 'BundleSignature' });
export type BundleSignature = z.infer<typeof BundleSignature>;

/** What surrounds the prompts of a bundle, which are looked at one by one. */
export const Bundle = z.strictObject({
  format: z.literal('promptory-bundle'),
  version: z.literal(1),
  createdAt: Timestamp,
  issuer: z.string().max(2048),
  prompts: z.array(z.unknown()).max(MAX_BUNDLE_PROMPTS),
  groups: z.array(BundleGroup).max(1_000),
  signature: BundleSignature,
});
