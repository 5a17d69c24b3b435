import { z } from 'zod';
import { GroupRole } from './accounts/permissions.ts';
import { faultOptions } from './faults/refusing.ts';
import { fault } from './faults/sentences.ts';
import { Prompt } from './prompts/prompts.ts';
import { Handle, Id, PublicUser, Timestamp } from './values/ids.ts';
import { inputType, type OneOf } from './values/input-type.ts';
import { pageInput, pageOf } from './values/page.ts';
import { BasedOn, Revision } from './values/revision.ts';
import { EmailAddress, name, SearchText, text } from './values/text.ts';

/** Prompts in one group. */
export const MAX_GROUP_PROMPTS = 500;

/** A group, as one of its members sees it. */
export const Group = z
  .strictObject({
    id: Id,
    name: z.string().max(100),
    description: z.string().max(5000),
    owner: PublicUser,
    /** What the caller is to the group. */
    role: GroupRole,
    /** The prompts that the caller may read. */
    promptCount: z.int().min(0),
    /** Its owner included. */
    memberCount: z.int().min(1),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'Group' });
export type Group = z.infer<typeof Group>;
export const GroupPage = pageOf(Group).meta({ id: 'GroupPage' });

/** A group as a change of it left it. */
export const UpdatedGroup = z.strictObject({ ...Group.shape, revision: Revision }).meta({ id: 'UpdatedGroup' });
export type UpdatedGroup = z.infer<typeof UpdatedGroup>;

/** One prompt of a group, and its place among the others. */
export const GroupEntry = z
  .strictObject({ position: z.int().min(0), addedAt: Timestamp, prompt: Prompt })
  .meta({ id: 'GroupEntry' });
export type GroupEntry = z.infer<typeof GroupEntry>;

/** An entry that was just made, and the group it stands in. */
export const AddedGroupEntry = z.strictObject({ groupId: Id, ...GroupEntry.shape }).meta({ id: 'AddedGroupEntry' });
export type AddedGroupEntry = z.infer<typeof AddedGroupEntry>;

export const GetGroupInput = z.strictObject({ id: Id, ...pageInput });
export type GetGroupInput = z.infer<typeof GetGroupInput>;

const { items: prompts, nextCursor } = pageOf(GroupEntry).shape;

/** A page of its prompts. Entries that the caller may not read are left out; the others keep their positions. */
export const GroupWithPrompts = z
  .strictObject({ ...Group.shape, prompts, nextCursor, revision: Revision })
  .meta({ id: 'GroupWithPrompts' });
export type GroupWithPrompts = z.infer<typeof GroupWithPrompts>;

export const ListGroupsInput = z.strictObject({
  ...pageInput,
  q: SearchText.optional(),
  role: z.enum(['viewer', 'editor', 'owner']).optional().describe('Only groups of which you are this.'),
});
export type ListGroupsInput = z.infer<typeof ListGroupsInput>;

export const CreateGroupInput = z
  .strictObject({
    name: name(100).describe('What people find the group by.'),
    description: text(5000).optional().describe('What it is for.'),
  })
  .meta({ examples: [{ name: 'Support', description: 'What we answer customers with.' }] });
export type CreateGroupInput = z.infer<typeof CreateGroupInput>;

/** Fields left out stay as they are. */
export const UpdateGroupInput = z
  .strictObject({
    id: Id,
    ...CreateGroupInput.partial().shape,
    revision: BasedOn.optional(),
  })
  .meta({ examples: [{ id: '01900000-0000-7000-8000-000000000001', name: 'Support' }] });
export type UpdateGroupInput = z.infer<typeof UpdateGroupInput>;

/** Without a position, or past the end, the prompt goes to the end. */
export const AddGroupPromptInput = z.strictObject({
  id: Id,
  promptId: Id.describe('The id of the prompt.'),
  position: z
    .int()
    .min(0)
    .max(MAX_GROUP_PROMPTS)
    .optional()
    .describe('Where it is to stand, from 0; at the end unless given.'),
});
export type AddGroupPromptInput = z.infer<typeof AddGroupPromptInput>;

export const GroupPromptInput = z.strictObject({ id: Id, promptId: Id });
export type GroupPromptInput = z.infer<typeof GroupPromptInput>;

type OneMove = { promptId: string } & OneOf<{ before: string }, { after: string }>;

const oneOrder = faultOptions(
  fault(
    'one_of_fields',
    { fields: ['promptIds', 'promptId'] },
    'Give either promptIds, or promptId with one of before and after',
  ),
);

/** The whole order (`promptIds`), or one move: `promptId` to stand right `before` or `after` another. */
export const ReorderGroupInput = inputType<
  { id: string; revision?: BasedOn | undefined } & OneOf<{ promptIds: string[] }, OneMove>
>()(
  z
    .strictObject({
      id: Id,
      promptIds: z
        .array(Id)
        .max(MAX_GROUP_PROMPTS)
        .optional()
        .describe('All prompts of the group, in their new order.'),
      promptId: Id.optional().describe('In place of that, the one prompt that moves.'),
      before: Id.optional().describe('The prompt that it is to stand right before.'),
      after: Id.optional().describe('The prompt that it is to stand right behind.'),
      revision: BasedOn.optional(),
    })
    .refine(
      (input) =>
        input.promptIds !== undefined
          ? input.promptId === undefined && input.before === undefined && input.after === undefined
          : input.promptId !== undefined && (input.before === undefined) !== (input.after === undefined),
      oneOrder,
    )
    .meta({
      examples: [
        {
          id: '01900000-0000-7000-8000-000000000001',
          promptId: '01900000-0000-7000-8000-000000000002',
          before: '01900000-0000-7000-8000-000000000003',
        },
      ],
    }),
);
export type ReorderGroupInput = z.infer<typeof ReorderGroupInput>;

const MemberRole = z
  .enum(['viewer', 'editor'])
  .describe(
    '`viewer`: reads the prompts. `editor`: adds and removes some, and changes those that their owners put there.',
  );

/** One who sees the group, and what they may do in it. */
export const GroupMember = z
  .strictObject({ user: PublicUser, role: z.enum(['viewer', 'editor', 'owner']), joinedAt: Timestamp })
  .meta({ id: 'GroupMember' });
export type GroupMember = z.infer<typeof GroupMember>;
export const GroupMemberPage = pageOf(GroupMember).meta({ id: 'GroupMemberPage' });

export const ListMembersInput = z.strictObject({ id: Id, ...pageInput });
export type ListMembersInput = z.infer<typeof ListMembersInput>;

/** One of `email` and `handle`. */
export const AddMemberInput = inputType<
  { id: string; role: z.infer<typeof MemberRole> } & OneOf<{ email: string }, { handle: string }>
>()(
  z
    .strictObject({
      id: Id,
      email: EmailAddress.optional(),
      handle: Handle.optional(),
      role: MemberRole,
    })
    .refine(
      (input) => (input.email === undefined) !== (input.handle === undefined),
      faultOptions(fault('one_of_fields', { fields: ['email', 'handle'] })),
    )
    .meta({ examples: [{ id: '01900000-0000-7000-8000-000000000001', email: 'bob@example.com', role: 'editor' }] }),
);
export type AddMemberInput = z.infer<typeof AddMemberInput>;

/** An address without a verified account is invited and becomes a member once verified. */
export const AddedMember = z
  .discriminatedUnion('status', [
    z.strictObject({ status: z.literal('member'), member: GroupMember }),
    z.strictObject({ status: z.literal('invited'), email: z.string().max(254), role: MemberRole }),
  ])
  .meta({ id: 'AddedMember' });
export type AddedMember = z.infer<typeof AddedMember>;

/** `owner` transfers the group; its former owner stays as an editor. */
export const UpdateMemberInput = z.strictObject({
  id: Id,
  userId: Id,
  role: z.enum(['viewer', 'editor', 'owner']).describe('As what they are to be there; `owner` hands the group over.'),
});
export type UpdateMemberInput = z.infer<typeof UpdateMemberInput>;

export const ListInvitationsInput = ListMembersInput;
export type ListInvitationsInput = ListMembersInput;

export const MemberInput = z.strictObject({ id: Id, userId: Id });
export type MemberInput = z.infer<typeof MemberInput>;

/** What became of an invitation. */
export const InvitationState = z.enum(['pending', 'accepted', 'declined', 'expired']);
export type InvitationState = z.infer<typeof InvitationState>;

/** An invitation to a group, as its owner sees it. */
export const GroupInvitation = z
  .strictObject({
    id: Id,
    email: z.string().max(254),
    role: MemberRole,
    state: InvitationState,
    createdAt: Timestamp,
    /** Until when it can be answered. */
    expiresAt: Timestamp,
    answeredAt: Timestamp.nullable(),
  })
  .meta({ id: 'GroupInvitation' });
export type GroupInvitation = z.infer<typeof GroupInvitation>;
export const GroupInvitationPage = pageOf(GroupInvitation).meta({ id: 'GroupInvitationPage' });

export const InvitationInput = z.strictObject({ id: Id, invitationId: Id });
export type InvitationInput = z.infer<typeof InvitationInput>;

const InvitedTo = z.strictObject({ id: Id, name: z.string().max(100) });

/** An invitation as the person sees it whose address was invited. */
export const OwnInvitation = z
  .strictObject({
    id: Id,
    group: InvitedTo,
    role: MemberRole,
    /** Null where their account is gone. */
    invitedBy: PublicUser.nullable(),
    createdAt: Timestamp,
    expiresAt: Timestamp,
  })
  .meta({ id: 'OwnInvitation' });
export type OwnInvitation = z.infer<typeof OwnInvitation>;
export const OwnInvitationPage = pageOf(OwnInvitation).meta({ id: 'OwnInvitationPage' });

/** `role`: what the caller now is in the group. */
export const AcceptedInvitation = z
  .strictObject({ group: InvitedTo, role: GroupRole })
  .meta({ id: 'AcceptedInvitation' });
export type AcceptedInvitation = z.infer<typeof AcceptedInvitation>;
