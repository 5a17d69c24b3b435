import { z } from 'zod';
import { MAX_LABEL_LENGTH } from '../prompts/labels.ts';
import { ChatMessage } from '../prompts/messages.ts';
import { PromptKind, PromptVisibility } from '../prompts/prompts.ts';
import { Id, PublicUser, Timestamp, VersionNumber } from '../values/ids.ts';
import { storedJsonObject } from '../values/json.ts';
import { AuditEntry, AuthAttempt, UserStatus } from './admin.ts';
import { ApiKey } from './api-keys.ts';
import { Session } from './auth.ts';
import { GroupRole } from './permissions.ts';
import { Me, Preferences, UsageKind } from './users.ts';

const record = <Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, shape: Shape) =>
  z.strictObject({ type: z.literal(type), ...shape });

const { current: _, ...session } = Session.shape;
const { userId: __, ...attempt } = AuthAttempt.shape;
const { actorId: ___, ...entry } = AuditEntry.shape;
const Day = z.iso.date().max(10);
const Consumer = z.string().max(100);
const MemberRole = z.enum(['viewer', 'editor']);

/**
 * One record of all that is kept of an account, without a secret: who it is, what it made and shared, what it was given, how it was
 * used, and what was done in it.
 */
export const AccountRecord = z
  .discriminatedUnion('type', [
    record('account', { ...Me.shape, status: UserStatus, hasSecondFactor: z.boolean() }),
    record('preferences', Preferences.shape),
    record('session', session),
    record('apiKey', { ...ApiKey.shape, revokedAt: Timestamp.nullable() }),
    record('prompt', {
      id: Id,
      slug: z.string().max(150),
      kind: PromptKind,
      category: z.string().max(60).nullable(),
      tags: z.array(z.string().max(50)).max(20),
      isTemplate: z.boolean(),
      visibility: PromptVisibility,
      version: VersionNumber,
      origin: z.strictObject({ promptId: Id.nullable(), version: VersionNumber.nullable() }),
      aliases: z.array(z.string().max(150)).max(1000),
      createdAt: Timestamp,
      updatedAt: Timestamp,
      trashedAt: Timestamp.nullable(),
    }),
    record('version', {
      promptId: Id,
      version: VersionNumber,
      title: z.string().max(200),
      description: z.string().max(5000),
      content: z.string().max(400_000),
      messages: z.array(ChatMessage).max(200).nullable(),
      config: storedJsonObject,
      inputSchema: storedJsonObject.nullable(),
      outputSchema: storedJsonObject.nullable(),
      changeNote: z.string().max(500).nullable(),
      author: z.string().max(39),
      createdAt: Timestamp,
    }),
    record('label', {
      promptId: Id,
      label: z.string().max(MAX_LABEL_LENGTH),
      version: VersionNumber.nullable(),
      isProtected: z.boolean(),
    }),
    record('labelMove', {
      id: Id,
      promptId: Id,
      label: z.string().max(MAX_LABEL_LENGTH),
      from: VersionNumber.nullable(),
      to: VersionNumber.nullable(),
      movedBy: z.string().max(39),
      movedAt: Timestamp,
      reason: z.string().max(500).nullable(),
      isBreaking: z.boolean(),
    }),
    record('usageByDay', {
      promptId: Id,
      day: Day,
      version: VersionNumber,
      consumer: Consumer,
      uses: z.int().min(0),
    }),
    record('group', {
      id: Id,
      name: z.string().max(100),
      description: z.string().max(5000),
      role: GroupRole,
      createdAt: Timestamp,
      updatedAt: Timestamp,
    }),
    record('groupPrompt', {
      groupId: Id,
      promptId: Id,
      position: z.int().min(0),
      addedByYou: z.boolean(),
      addedAt: Timestamp,
    }),
    record('groupMember', { groupId: Id, user: PublicUser, role: MemberRole, since: Timestamp }),
    record('invitation', {
      id: Id,
      groupId: Id,
      direction: z.enum(['sent', 'received']),
      email: z.string().max(254),
      role: MemberRole,
      answer: z.enum(['accepted', 'declined']).nullable(),
      createdAt: Timestamp,
      expiresAt: Timestamp,
    }),
    record('favorite', { promptId: Id, favoritedAt: Timestamp }),
    record('use', {
      id: Id,
      promptId: Id,
      version: VersionNumber,
      kind: UsageKind,
      consumer: Consumer,
      occurredAt: Timestamp,
    }),
    record('auditEntry', entry),
    record('signInAttempt', attempt),
  ])
  .meta({ id: 'AccountRecord' });
export type AccountRecord = z.infer<typeof AccountRecord>;
