import { z } from 'zod';
import { formatted } from '../faults/refusing.ts';
import { Prompt, PromptCategory, PromptVisibility } from '../prompts/prompts.ts';
import { Handle, Id, PublicUser, Timestamp, VersionNumber } from '../values/ids.ts';
import { pageInput, pageOf } from '../values/page.ts';
import { BasedOn, Revision } from '../values/revision.ts';
import { EmailAddress, name, text } from '../values/text.ts';
import { UserRole } from './permissions.ts';
import { QuotaName, QuotaUse } from './quotas.ts';

/** The caller's own account. */
export const Me = z
  .strictObject({
    ...PublicUser.shape,
    email: z.string().max(254),
    emailVerified: z.boolean(),
    role: UserRole,
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

/** The same, with what it holds and may hold. */
export const OwnAccount = z
  .strictObject({
    ...Me.shape,
    pendingEmail: z
      .string()
      .max(254)
      .nullable()
      .describe(
        'The address that the account is to have once the link that was mailed to it is opened; null for none.',
      ),
    quotas: z.array(QuotaUse).max(QuotaName.options.length),
    revision: Revision,
  })
  .meta({ id: 'OwnAccount' });
export type OwnAccount = z.infer<typeof OwnAccount>;

export const AvatarUrl = z
  .url({ protocol: /^https?$/, abort: true })
  .max(2048)
  .check(formatted('printable_ascii', /^[!-~]+$/))
  .meta({ examples: ['https://example.com/ada.png'] });

/**
 * Fields left out stay as they are. A new address takes effect when the link sent to it is opened, and asks for the
 * current password.
 */
export const UpdateMeInput = z
  .strictObject({
    name: name(100).optional().describe('What others read who somebody is by.'),
    handle: Handle.optional(),
    avatarUrl: AvatarUrl.nullable().optional().describe('Where the picture of the account lies; null for none.'),
    email: EmailAddress.optional().describe(
      'A new address, which needs `currentPassword` and takes effect once the link that is mailed to it is opened.',
    ),
    currentPassword: text(1024, 1).optional().describe('The password of the account, for a change of its address.'),
    revision: BasedOn.optional(),
  })
  .meta({ examples: [{ name: 'Ada Lovelace' }] });
export type UpdateMeInput = z.infer<typeof UpdateMeInput>;

const EmailNotifications = z.strictObject({
  groupInvitations: z.boolean().describe('A mail when somebody shares a group with you.'),
  labelMoves: z.boolean().describe('A mail when somebody else moves a label of a prompt of yours; one for a release.'),
  security: z.boolean().describe('A mail when the password has changed.'),
  dailySummary: z.boolean().describe('A mail each night of what happened on the day; to administrators alone.'),
});

/** What a person has chosen for themselves. */
export const Preferences = z
  .strictObject({
    theme: z.enum(['system', 'light', 'dark']).describe('How a frontend is to look.'),
    locale: z
      .string()
      .max(35, { abort: true })
      .check(formatted('language_tag', /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}$/))
      .describe('The language of a frontend, as a tag: `en`, `pt-BR`.'),
    pageSize: z.int().min(1).max(100).describe('How many items a frontend asks for at once.'),
    defaultCategory: PromptCategory.nullable().describe('Of new prompts that name none; null for none.'),
    defaultVisibility: PromptVisibility,
    emailNotifications: EmailNotifications,
  })
  .meta({ id: 'Preferences' });
export type Preferences = z.infer<typeof Preferences>;

/** The same, with what a change of them may build on. */
export const CurrentPreferences = z
  .strictObject({ ...Preferences.shape, revision: Revision })
  .meta({ id: 'CurrentPreferences' });
export type CurrentPreferences = z.infer<typeof CurrentPreferences>;

export const defaultPreferences: Preferences = {
  theme: 'system',
  locale: 'en',
  pageSize: 20,
  defaultCategory: null,
  defaultVisibility: 'private',
  // A mail that nobody has asked for and that comes each night is one that is soon left unread.
  emailNotifications: { groupInvitations: true, labelMoves: true, security: true, dailySummary: false },
};

/** Merged into what is stored; an unknown key is refused. */
export const UpdatePreferencesInput = z
  .strictObject({
    ...Preferences.partial().shape,
    emailNotifications: EmailNotifications.partial()
      .optional()
      .describe('Which mails to get; those left out stay as they are.'),
    revision: BasedOn.optional(),
  })
  .meta({ examples: [{ theme: 'dark', pageSize: 50 }] });
export type UpdatePreferencesInput = z.infer<typeof UpdatePreferencesInput>;

/** Kinds of mails that a link in each of them turns off. Mails of security are not among them: these end by signing in only. */
export const MailedNotification = z
  .enum(['groupInvitations', 'labelMoves', 'dailySummary'])
  .meta({ id: 'MailedNotification' });
export type MailedNotification = z.infer<typeof MailedNotification>;

export const ChooseMailsInput = z
  .strictObject({
    token: z.string().min(1).max(1000).describe('The `token` of the link in the mail.'),
    wanted: z.boolean().describe('Whether mails of its kind are to come.'),
  })
  .meta({ examples: [{ token: 'the token of the link', wanted: false }] });
export type ChooseMailsInput = z.infer<typeof ChooseMailsInput>;

/** Which mails the reader of a link may choose, and whether they come. */
export const MailChoice = z
  .strictObject({ notification: MailedNotification, wanted: z.boolean() })
  .meta({ id: 'MailChoice' });
export type MailChoice = z.infer<typeof MailChoice>;

export const PromptIdInput = z.strictObject({ promptId: Id });
export type PromptIdInput = z.infer<typeof PromptIdInput>;

export const Favorite = z.strictObject({ favoritedAt: Timestamp, prompt: Prompt }).meta({ id: 'Favorite' });
export type Favorite = z.infer<typeof Favorite>;
export const FavoritePage = pageOf(Favorite).meta({ id: 'FavoritePage' });

/** Why a prompt stands in the caller's library. */
export const LibraryReason = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('owned') }),
    z.strictObject({ type: z.literal('favorite'), since: Timestamp }),
    z.strictObject({
      type: z.literal('group'),
      group: z.strictObject({ id: Id, name: z.string().max(100) }),
      since: Timestamp,
    }),
  ])
  .meta({ id: 'LibraryReason' });
export type LibraryReason = z.infer<typeof LibraryReason>;

export const LibraryInput = z.strictObject({
  ...pageInput,
  reason: z.enum(['owned', 'favorite', 'group']).optional().describe('Only what stands there for this reason.'),
});
export type LibraryInput = z.infer<typeof LibraryInput>;

export const LibraryItem = z
  .strictObject({ prompt: Prompt, reasons: z.array(LibraryReason).min(1).max(100) })
  .meta({ id: 'LibraryItem' });
export type LibraryItem = z.infer<typeof LibraryItem>;
export const LibraryPage = pageOf(LibraryItem).meta({ id: 'LibraryPage' });

export const UsageKind = z.enum(['read', 'copy', 'render', 'resolve']);
export type UsageKind = z.infer<typeof UsageKind>;

/** One use of a prompt by the caller. `prompt` is null when it may no longer be read. */
export const HistoryItem = z
  .strictObject({
    id: Id,
    kind: UsageKind,
    version: VersionNumber,
    consumer: z.string().max(100),
    occurredAt: Timestamp,
    prompt: z.strictObject({ id: Id, ref: z.string().max(200), title: z.string().max(200) }).nullable(),
  })
  .meta({ id: 'HistoryItem' });
export type HistoryItem = z.infer<typeof HistoryItem>;
export const HistoryPage = pageOf(HistoryItem).meta({ id: 'HistoryPage' });
