import { errorKinds, grants, type Meta, toAppError } from '@promptory/api/server';
import { ErrorCode } from '@promptory/schemas';
import { type OpenApiError, possibleRefusals, type RestProcedure } from '@promptory/trpc-fastify';

const everywhere: readonly ErrorCode[] = [
  'request.invalid',
  'request.malformed',
  'limit.exceeded',
  'server.busy',
  'server.unavailable',
  'server.internal',
];
const signedIn: readonly ErrorCode[] = ['auth.required', 'auth.invalid_token'];
const secondFactor: readonly ErrorCode[] = ['auth.second_factor_invalid', 'auth.second_factor_off'];
const readPrompt: readonly ErrorCode[] = ['prompt.not_found'];
const editPrompt: readonly ErrorCode[] = [...readPrompt, 'prompt.forbidden'];
const readVersion: readonly ErrorCode[] = [...readPrompt, 'prompt.version_not_found'];
const readGroup: readonly ErrorCode[] = ['group.not_found'];
const editGroup: readonly ErrorCode[] = [...readGroup, 'group.forbidden'];
const editMember: readonly ErrorCode[] = [...editGroup, 'group.member_not_found', 'group.owner_stays'];

/** What the action of each procedure throws itself, beside what its guard, its input and its transport do. */
export const ownErrors: Readonly<Record<string, readonly ErrorCode[]>> = {
  'auth.register': ['auth.password_too_weak', 'auth.email_taken', 'user.handle_taken'],
  'auth.login': [
    'auth.invalid_credentials',
    'auth.email_not_verified',
    'auth.second_factor_required',
    'auth.second_factor_invalid',
  ],
  'auth.refresh': ['auth.required', 'auth.session_ended'],
  'auth.resetPassword': ['auth.password_too_weak', 'auth.link_invalid'],
  'auth.verifyEmail': ['auth.link_invalid', 'auth.email_taken'],
  'auth.changePassword': ['auth.password_too_weak', 'auth.invalid_credentials'],
  'auth.totp.start': [
    'auth.invalid_credentials',
    'auth.session_ended',
    'auth.email_not_verified',
    'auth.second_factor_on',
  ],
  'auth.totp.confirm': [...secondFactor, 'auth.second_factor_on', 'auth.session_ended'],
  'auth.totp.verify': [...secondFactor, 'auth.second_factor_required', 'auth.session_ended'],
  'auth.totp.renewRecoveryCodes': [...secondFactor, 'auth.session_ended'],
  'auth.totp.disable': [
    ...secondFactor,
    'auth.second_factor_required',
    'auth.invalid_credentials',
    'auth.session_ended',
  ],
  'auth.sessions.end': ['session.not_found'],
  'me.get': ['user.not_found'],
  'me.update': ['user.not_found', 'user.handle_taken', 'auth.invalid_credentials', 'auth.session_ended'],
  'preferences.get': ['user.not_found'],
  'preferences.update': ['user.not_found'],
  'apiKeys.create': [...readGroup, 'api_key.too_many', 'auth.session_ended'],
  'apiKeys.revoke': ['api_key.not_found'],
  'prompts.list': readGroup,
  'prompts.templates': readGroup,
  'prompts.get': readPrompt,
  'prompts.create': ['prompt.slug_taken'],
  'prompts.update': [...editPrompt, 'prompt.version_conflict', 'prompt.slug_taken'],
  'prompts.delete': editPrompt,
  'prompts.restore': [...editPrompt, 'prompt.not_in_trash'],
  'prompts.duplicate': [...readVersion, 'prompt.slug_taken'],
  'prompts.usage': editPrompt,
  'versions.list': readPrompt,
  'versions.get': readVersion,
  'versions.restore': [...readVersion, 'prompt.forbidden', 'prompt.version_conflict', 'prompt.slug_taken'],
  'versions.diff': readVersion,
  'transfer.import': ['import.unreadable'],
  'transfer.export': readGroup,
  'groups.get': readGroup,
  'groups.update': editGroup,
  'groups.delete': editGroup,
  'groups.addPrompt': [...editGroup, ...editPrompt, 'group.already_contains', 'group.full'],
  'groups.removePrompt': [...editGroup, 'group.prompt_not_in_group'],
  'groups.reorder': [...editGroup, 'group.prompt_not_in_group', 'group.order_mismatch'],
  'members.list': readGroup,
  'members.add': [...editGroup, 'group.already_member', 'user.not_found'],
  'members.update': editMember,
  'members.remove': editMember,
  'invitations.list': editGroup,
  'invitations.withdraw': [...editGroup, 'group.invitation_not_found'],
  'favorites.add': readPrompt,
  'favorites.remove': readPrompt,
  'admin.users.update': ['user.not_found', 'user.last_admin'],
};

function ofGuard({ can, creates, stepUp }: Meta): ErrorCode[] {
  if (can === undefined || grants[can].to === 'anyone') return [];
  const codes: ErrorCode[] = [...signedIn, 'auth.forbidden'];
  if (grants[can].to === 'caller') codes.push('auth.scope_missing');
  else codes.push('auth.session_required');
  if (stepUp !== undefined) codes.push('auth.session_required', 'auth.second_factor_required');
  if (creates === true) codes.push('request.in_progress', 'request.idempotency_mismatch');
  return codes;
}

function ofRequest(procedure: RestProcedure, { can }: Meta): ErrorCode[] {
  const { rest, inputs } = procedure;
  const codes = possibleRefusals(procedure).map((refusal) => toAppError(refusal).code);
  if (inputs !== undefined && 'cursor' in Object(Reflect.get(inputs, 'shape'))) codes.push('request.cursor_invalid');
  if (rest.method !== 'GET') {
    codes.push('request.conflict');
    // A session cookie acts, and is given, only where the request comes from an origin of ours.
    if (can !== undefined) codes.push('request.cross_site');
  }
  return codes;
}

/** Every error that a procedure may answer with over REST, in the order of the codes. */
export function errorsOf(meta: Meta, procedure: RestProcedure): OpenApiError[] {
  const own = ownErrors[procedure.path] ?? [];
  const codes = new Set([...everywhere, ...ofGuard(meta), ...ofRequest(procedure, meta), ...own]);
  const errors = ErrorCode.options
    .filter((code) => codes.has(code))
    .map((code): OpenApiError => ({ status: errorKinds[code].status, code, description: errorKinds[code].message }));
  // A version that If-Match names, and that is not the latest, is a precondition that failed.
  const stale = errors.filter(({ code }) => procedure.rest.ifMatch !== undefined && code === 'prompt.version_conflict');
  return [...errors, ...stale.map((error) => ({ ...error, status: 412 }))];
}
