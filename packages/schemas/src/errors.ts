import { z } from 'zod';
import { Scope } from './accounts/permissions.ts';
import { QuotaName } from './accounts/quotas.ts';
import { FaultCode, FaultParams } from './faults/fault.ts';
import { MAX_FAULTS } from './faults/faults-of.ts';
import { MAX_GROUP_PROMPTS } from './groups.ts';
import { BreakingChange, MAX_LABEL_LENGTH } from './prompts/labels.ts';
import { TemplateFault } from './prompts/template-fault.ts';
import { ImportCounts } from './prompts/transfer.ts';
import { Id, PublicUser, Timestamp, VersionNumber } from './values/ids.ts';

/** Every way in which a call can fail, as `area.reason`. Codes are never reused for another meaning. */
export const ErrorCode = z.enum([
  'request.invalid',
  'request.malformed',
  'request.too_large',
  'request.unsupported_media_type',
  'request.method_not_allowed',
  'request.not_acceptable',
  'request.precondition_failed',
  'request.cross_site',
  'request.cookie_not_kept',
  'request.conflict',
  'request.in_progress',
  'request.idempotency_mismatch',
  'request.cursor_invalid',
  'request.batch_refused',
  'request.aborted',
  'answer.too_large',
  'answer.batch_full',
  'route.not_found',
  'limit.exceeded',
  'quota.exceeded',
  'auth.required',
  'auth.invalid_token',
  'auth.invalid_credentials',
  'auth.email_not_verified',
  'auth.email_taken',
  'auth.registration_closed',
  'auth.password_too_weak',
  'auth.link_invalid',
  'auth.session_ended',
  'auth.second_factor_required',
  'auth.second_factor_invalid',
  'auth.second_factor_on',
  'auth.second_factor_off',
  'auth.session_required',
  'auth.scope_missing',
  'auth.forbidden',
  'user.not_found',
  'user.handle_taken',
  'user.last_admin',
  'api_key.not_found',
  'session.not_found',
  'prompt.not_found',
  'prompt.forbidden',
  'prompt.slug_taken',
  'prompt.version_conflict',
  'prompt.version_not_found',
  'prompt.not_in_trash',
  'prompt.inputs_invalid',
  'prompt.template_invalid',
  'prompt.breaking_change',
  'label.not_found',
  'label.protected',
  'label.moved_since',
  'label.move_not_found',
  'release.not_found',
  'release.refused',
  'group.not_found',
  'group.forbidden',
  'group.full',
  'group.prompt_not_in_group',
  'group.already_contains',
  'group.order_mismatch',
  'group.member_not_found',
  'group.already_member',
  'group.invitation_not_found',
  'group.owner_stays',
  'import.unreadable',
  'server.busy',
  'server.unavailable',
  'server.storage_full',
  'server.internal',
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

const CurrentLabel = z.strictObject({
  label: z.string().max(MAX_LABEL_LENGTH),
  version: VersionNumber.nullable(),
  moveId: Id.nullable(),
});

/** What a code adds to the problem document, and to tRPC's `data`. Codes that are not here add nothing. */
export const errorDetails = {
  'limit.exceeded': z.strictObject({ limit: z.string().max(50).describe('Which limit it was.') }),
  'quota.exceeded': z.strictObject({
    quota: QuotaName.describe('Of what the account holds as much as it may.'),
    limit: z.int().min(0).optional().describe('How much it may hold; left out where that is not the caller’s to know.'),
    used: z.int().min(0).optional().describe('How much it holds; left out with `limit`.'),
  }),
  'auth.registration_closed': z.strictObject({
    registration: z.enum(['open', 'invitation', 'domains', 'closed']).describe('Who may register.'),
  }),
  'auth.scope_missing': z.strictObject({ scope: Scope.describe('What the key lacks.') }),
  'prompt.version_conflict': z.strictObject({
    latest: z
      .strictObject({ version: VersionNumber, author: PublicUser, createdAt: Timestamp })
      .describe('The latest version, on which a change has to build.'),
  }),
  'prompt.breaking_change': BreakingChange,
  'label.moved_since': z.strictObject({
    current: CurrentLabel.describe('Where the label points now, null for nowhere, and the move that brought it there.'),
  }),
  'release.refused': z.strictObject({
    refusals: z
      .array(
        z.strictObject({
          index: z.int().min(0).describe('Its place among the prompts of the release, from 0.'),
          promptId: Id.nullable().describe('Null for a prompt that may not be read.'),
          code: ErrorCode,
          message: z.string().max(1000),
          current: CurrentLabel.optional().describe('With `label.moved_since`.'),
          breaking: BreakingChange.optional().describe('With `prompt.breaking_change`.'),
        }),
      )
      .max(100)
      .describe('Of each prompt that stands in the way, why.'),
  }),
  'prompt.template_invalid': z.strictObject({ fault: TemplateFault.describe('What is wrong with it, and where.') }),
  'group.order_mismatch': z.strictObject({
    missing: z.array(Id).max(MAX_GROUP_PROMPTS).describe('Prompts of the group that the order does not name.'),
    unexpected: z
      .array(Id)
      .max(MAX_GROUP_PROMPTS)
      .describe('Prompts that the order names and the group does not hold.'),
  }),
  /** What had become of the rows before, where there were any; an import that ends by another code says so too. */
  'import.unreadable': z.strictObject({ dryRun: z.literal(true).optional(), ...ImportCounts.partial().shape }),
} as const satisfies Partial<Record<ErrorCode, z.ZodObject>>;

/** The codes that add something, and what. */
export type ErrorDetails = { [Code in keyof typeof errorDetails]: z.infer<(typeof errorDetails)[Code]> };

/** The codes whose answers need no details. */
export type PlainErrorCode = Exclude<
  ErrorCode,
  { [Code in keyof ErrorDetails]: Record<never, never> extends ErrorDetails[Code] ? never : Code }[keyof ErrorDetails]
>;

/** One fault of an input, by path: `tags.0`. `code` and `params` are for programs and translations, `message` says it in English. */
export const FieldError = z
  .strictObject({ path: z.string().max(500), code: FaultCode, params: FaultParams, message: z.string().max(500) })
  .meta({ id: 'FieldError' });
export type FieldError = z.infer<typeof FieldError>;

/** RFC 9457 problem details, as REST answers them. Some codes add members of their own. */
export const Problem = z
  .looseObject({
    type: z.string().max(300),
    title: z.string().max(200),
    status: z.int().min(400).max(599),
    detail: z.string().max(1000),
    code: ErrorCode,
    requestId: z.string().max(100),
    errors: z.array(FieldError).max(MAX_FAULTS),
    retryAfterSeconds: z
      .int()
      .min(1)
      .optional()
      .describe(
        'After how many seconds the same call may succeed: as in Retry-After, and also where a stream ends by it.',
      ),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
