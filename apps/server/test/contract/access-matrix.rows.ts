import type { ErrorCode } from '@promptory/schemas';
import type { World } from '../harness/given-world.ts';
import type { Input } from '../harness/transports.ts';
import type { KnownCaller } from '../harness/world-callers.ts';

export type Outcome = 'ok' | ErrorCode;

/** What each caller who is let in as somebody gets. Whose credential is not accepted gets 401 unless all get the same. */
export type Expected = Readonly<Record<KnownCaller, Outcome>> | 'anyone';

export interface Row {
  /** What is sent, by whoever sends it. */
  readonly input: (world: World) => Input;
  readonly expected: Expected;
  /** Rows of the audit log that a success writes, in its one transaction; one unless given. Reading writes none. */
  readonly audits?: readonly [min: number, max: number];
  /** Sent as a change is, since what it takes has no room in an address; a success writes nothing. */
  readonly reads?: true;
  /** Each item gets a verdict of its own within an answer of success: that of the one that is sent is what is expected. */
  readonly verdicts?: true;
  /** A success adds what no other call looks at, so that the world still serves. */
  readonly adds?: true;
  /** What makes another input of a call that creates something: an Idempotency-Key is not for two of them. */
  readonly change?: Input;
  /** Further inputs with ids of things that may be somebody else's. */
  readonly others?: (world: World) => readonly Input[];
}

type Change = Readonly<Partial<Record<KnownCaller, Outcome>>>;

const people = (outcome: Outcome) => ({
  stranger: outcome,
  'ex-member': outcome,
  viewer: outcome,
  editor: outcome,
  owner: outcome,
  admin: outcome,
});

const keys = (outcome: Outcome) => ({
  'reading key': outcome,
  'full key': outcome,
  'group key': outcome,
  'other group key': outcome,
  "stranger's key": outcome,
  "admin's key": outcome,
});

const groupKeys = (outcome: Outcome) => ({ 'group key': outcome, 'other group key': outcome });

/** Those from whom the group and what is in it are hidden. No key acts as an admin. */
const outsiders = (outcome: Outcome) => ({
  stranger: outcome,
  'ex-member': outcome,
  'other group key': outcome,
  "stranger's key": outcome,
  "admin's key": outcome,
});

// Who may do what, in words; rows below name one of these and what differs.
const everyoneReads = { ...people('ok'), ...keys('ok') };
const everyoneReadsAll = { ...everyoneReads, ...groupKeys('auth.forbidden') };
const everyoneWrites = { ...everyoneReadsAll, 'reading key': 'auth.scope_missing' } as const;
const peopleOnly = { ...people('ok'), ...keys('auth.session_required') };
const adminsOnly = { ...people('auth.forbidden'), admin: 'ok', ...keys('auth.session_required') } as const;
const ownersPerson = (hidden: Outcome) => ({ ...peopleOnly, ...people(hidden), owner: 'ok' as const });

const readers = (hidden: Outcome) => ({ ...everyoneReads, ...outsiders(hidden) });
const editors = (hidden: Outcome, seen: Outcome) =>
  ({ ...readers(hidden), viewer: seen, 'reading key': 'auth.scope_missing' }) as const;
const owners = (hidden: Outcome, seen: Outcome) => ({ ...editors(hidden, seen), editor: seen });

const promptReaders = readers('prompt.not_found');
const promptEditors = editors('prompt.not_found', 'prompt.forbidden');
const promptOwners = owners('prompt.not_found', 'prompt.forbidden');
// A group is its people's: an administrator is one only where it is shared with them.
const notAdmins = { admin: 'group.not_found' } as const;
const groupReaders = { ...readers('group.not_found'), ...notAdmins };
const groupEditors = { ...editors('group.not_found', 'group.forbidden'), ...notAdmins };
const groupOwners = { ...owners('group.not_found', 'group.forbidden'), ...notAdmins };

const notWithinGroup = groupKeys('auth.forbidden');

const row = (
  expected: Expected,
  input: (world: World) => Input = () => ({}),
  more: Omit<Row, 'expected' | 'input'> = {},
): Row => ({ expected, input, ...more });

const but = <T extends Change>(expected: T, change: Change): T & Change => ({ ...expected, ...change });

const whoHasFactor = but(peopleOnly, { ...people('auth.second_factor_off'), admin: 'ok' });

let counter = 0;
const next = (): number => {
  counter += 1;
  return counter;
};

/** Every procedure, in the router's order: what is sent, and what each caller gets. */
export const rows: Readonly<Record<string, Row>> = {
  // Accounts: open to anyone, whatever else they send along.
  'auth.register': row(
    'anyone',
    (w) => ({ email: `new-${next()}-${w.mark}@example.com`, password: w.password, name: 'New' }),
    { audits: [2, 2], adds: true },
  ),
  'auth.login': row('anyone', (w) => ({ email: w.people.alice.email, password: w.password }), { adds: true }),
  'auth.refresh': row('anyone', (w) => ({ refreshToken: w.spareSession.refreshToken })),
  // Ends the caller's own session too, where there is one.
  'auth.logout': row('anyone', (w) => ({ refreshToken: w.spareSession.refreshToken }), { audits: [1, 2] }),
  'auth.forgotPassword': row('anyone', (w) => ({ email: w.people.alice.email }), { adds: true }),
  'auth.resetPassword': row('anyone', (w) => ({ token: w.resetToken, password: 'another password' })),
  'auth.verifyEmail': row('anyone', (w) => ({ token: w.verifyToken, password: w.password })),
  'auth.resendVerification': row('anyone', (w) => ({ email: w.people.nina.email }), { adds: true }),
  'auth.changePassword': row(peopleOnly, (w) => ({ currentPassword: w.password, newPassword: 'another password' })),
  // Root has a second factor; alice has begun to set one up.
  'auth.totp.get': row(peopleOnly),
  'auth.totp.start': row(but(peopleOnly, { admin: 'auth.second_factor_on' }), (w) => ({ currentPassword: w.password })),
  'auth.totp.confirm': row(
    but(peopleOnly, { ...people('auth.second_factor_off'), owner: 'ok', admin: 'auth.second_factor_on' }),
    (w) => ({ code: w.codes.alice }),
  ),
  'auth.totp.verify': row(whoHasFactor, (w) => ({ code: w.codes.root })),
  'auth.totp.renewRecoveryCodes': row(whoHasFactor, (w) => ({ code: w.codes.root })),
  'auth.totp.disable': row(whoHasFactor, (w) => ({ currentPassword: w.password, code: w.codes.root })),
  'auth.sessions.list': row(peopleOnly),
  'auth.sessions.end': row(ownersPerson('session.not_found'), (w) => ({ id: w.spareSession.id })),
  'me.get': row(everyoneReadsAll),
  'me.update': row(peopleOnly, () => ({ name: 'Renamed' })),
  'me.export': row(peopleOnly),
  'me.deletion': row(peopleOnly),
  'me.delete': row(peopleOnly, (w) => ({ currentPassword: w.password })),
  'me.invitations.list': row(everyoneReadsAll),
  'me.invitations.accept': row(ownersPerson('group.invitation_not_found'), (w) => ({ id: w.received })),
  'me.invitations.decline': row(ownersPerson('group.invitation_not_found'), (w) => ({ id: w.received })),
  'preferences.get': row(everyoneReadsAll),
  'preferences.update': row(peopleOnly, () => ({ theme: 'dark' })),
  'preferences.chooseMails': row('anyone', (w) => ({ token: w.mailChoiceToken, wanted: false })),
  'apiKeys.list': row(peopleOnly),
  'apiKeys.create': row(peopleOnly, () => ({ name: 'new', scopes: ['prompts:read'] }), {
    adds: true,
    change: { name: 'other' },
    others: (w) => [{ name: 'new', scopes: ['prompts:read'], groupId: w.group }],
  }),
  'apiKeys.revoke': row(ownersPerson('api_key.not_found'), (w) => ({ id: w.spareKey })),

  // Prompts.
  'prompts.resolve': row(promptReaders, (w) => ({ ref: `${w.people.alice.handle}/shared` })),
  // Where a reference leads is told as it would be found: who may not read it is told that there is none.
  'prompts.watch': row(everyoneReads, (w) => ({ refs: [`${w.people.alice.handle}/shared`] })),
  'prompts.resolveMany': row(promptReaders, (w) => ({ refs: [`${w.people.alice.handle}/shared`] }), {
    verdicts: true,
  }),
  'prompts.signatures': row(everyoneReads, undefined, { others: (w) => [{ groupId: w.group }] }),
  'prompts.list': row(everyoneReads, undefined, { others: (w) => [{ groupId: w.group }] }),
  'prompts.templates': row(everyoneReads, undefined, { others: (w) => [{ groupId: w.group }] }),
  'prompts.get': row(promptReaders, (w) => ({ id: w.shared })),
  'prompts.create': row(everyoneWrites, () => ({ title: 'New', content: 'Say {{ word }}' }), {
    adds: true,
    change: { title: 'Other' },
  }),
  'prompts.update': row(promptEditors, (w) => ({ id: w.shared, content: 'Changed' })),
  'prompts.createMany': row(
    everyoneWrites,
    () => ({
      prompts: [
        { title: 'New', content: 'Say {{ word }}' },
        { title: '', content: 'Refused' },
      ],
    }),
    { adds: true, change: { prompts: [{ title: 'Other', content: 'Say it' }] } },
  ),
  'prompts.updateMany': row(promptEditors, (w) => ({ prompts: [{ id: w.shared, content: 'Changed' }] }), {
    verdicts: true,
    change: { prompts: [{ id: '01900000-0000-7000-8000-000000000000', title: 'Other' }] },
  }),
  'prompts.delete': row(but(promptOwners, notWithinGroup), (w) => ({ id: w.shared })),
  // What lies in the trash is hidden from all but its owner and admins.
  'prompts.restore': row(
    but(promptOwners, { ...notWithinGroup, viewer: 'prompt.not_found', editor: 'prompt.not_found' }),
    (w) => ({ id: w.trashed }),
  ),
  // Its owner's alone, in a session: an administrator's deletion stays the owner's to take back.
  'prompts.purge': row(ownersPerson('prompt.not_found'), (w) => ({ id: w.trashed })),
  'prompts.purgeTrash': row(peopleOnly, undefined, { audits: [1, 1] }),
  'prompts.duplicate': row(
    but(promptReaders, { ...notWithinGroup, 'reading key': 'auth.scope_missing' }),
    (w) => ({ id: w.shared }),
    { change: { title: 'Other' } },
  ),
  'prompts.render': row(
    promptReaders,
    (w) => ({ id: w.shared, version: 1, inputs: { topic: 'roses' }, lenient: true }),
    { reads: true },
  ),
  'prompts.renderRef': row(
    promptReaders,
    (w) => ({ ref: `${w.people.alice.handle}/shared@latest`, inputs: { topic: 'roses' }, lenient: true }),
    { reads: true },
  ),
  'prompts.usage': row(but(promptOwners, { 'reading key': 'ok' }), (w) => ({ id: w.shared })),
  'prompts.includers': row(promptReaders, (w) => ({ id: w.shared })),
  'prompts.versionUses': row(but(promptOwners, { 'reading key': 'ok' }), (w) => ({ id: w.shared })),
  'transfer.import': row(
    everyoneWrites,
    () => ({ source: { type: 'text/csv', body: `title,content\nImported ${next()},Say it` } }),
    { adds: true },
  ),
  'transfer.export': row(everyoneReads, () => ({ scope: 'readable' }), { others: (w) => [{ groupId: w.group }] }),
  'transfer.exportFiles': row(everyoneReads, () => ({ format: 'bundle', scope: 'mine' }), {
    others: (w) => [{ format: 'dotprompt', groupId: w.group }],
  }),
  'versions.list': row(promptReaders, (w) => ({ id: w.shared })),
  'versions.get': row(promptReaders, (w) => ({ id: w.shared, version: 1 })),
  'versions.restore': row(promptEditors, (w) => ({ id: w.shared, version: 1 }), { change: { version: 2 } }),
  'versions.diff': row(promptReaders, (w) => ({ id: w.shared, from: 1, to: 2 })),
  'labels.list': row(promptReaders, (w) => ({ id: w.shared })),
  'labels.get': row(promptReaders, (w) => ({ id: w.shared, label: 'production' })),
  'labels.move': row(promptEditors, (w) => ({ id: w.shared, label: 'staging', version: 2 }), {
    change: { reason: 'Other' },
  }),
  'labels.check': row(promptReaders, (w) => ({ id: w.shared, label: 'production', version: 2 })),
  'labels.remove': row(promptEditors, (w) => ({ id: w.shared, label: 'old' })),
  'labels.history': row(promptReaders, (w) => ({ id: w.shared, label: 'production' })),
  'labels.undo': row(promptEditors, (w) => ({ id: w.shared, label: 'production', moveId: w.labelMove }), {
    change: { reason: 'Other' },
  }),
  'labels.protect': row(promptOwners, (w) => ({ id: w.shared, label: 'production' })),
  'labels.unprotect': row(promptOwners, (w) => ({ id: w.shared, label: 'kept' })),
  'releases.list': row(everyoneReads, undefined, { others: (w) => [{ promptId: w.shared }] }),
  'releases.get': row(readers('release.not_found'), (w) => ({ id: w.release })),
  'releases.create': row(
    editors('release.refused', 'release.refused'),
    (w) => ({ label: 'staging', prompts: [{ promptId: w.second, version: 1 }] }),
    { change: { reason: 'Other' } },
  ),
  'releases.undo': row(editors('release.not_found', 'release.refused'), (w) => ({ id: w.release }), {
    change: { reason: 'Other' },
  }),
  'categories.list': row(everyoneReads),
  'tags.list': row(everyoneReads),

  // Groups.
  'groups.list': row(everyoneReads),
  'groups.get': row(groupReaders, (w) => ({ id: w.group })),
  'groups.watch': row(groupReaders, (w) => ({ id: w.group })),
  'groups.create': row(everyoneWrites, () => ({ name: 'New' }), { adds: true, change: { name: 'other' } }),
  'groups.update': row(groupEditors, (w) => ({ id: w.group, name: 'Renamed' })),
  'groups.delete': row(groupOwners, (w) => ({ id: w.group })),
  // A key that is limited to the group knows no prompt that is not in it yet.
  'groups.addPrompt': row(
    but(groupEditors, { 'group key': 'prompt.not_found' }),
    (w) => ({ id: w.group, promptId: w.published }),
    { change: { position: 0 } },
  ),
  'groups.removePrompt': row(groupEditors, (w) => ({ id: w.group, promptId: w.second })),
  'groups.reorder': row(groupEditors, (w) => ({ id: w.group, promptIds: [w.second, w.shared] }), {
    others: (w) => [{ id: w.group, promptId: w.second, before: w.shared }],
  }),
  'members.list': row(groupReaders, (w) => ({ id: w.group })),
  'members.add': row(groupOwners, (w) => ({ id: w.group, handle: w.people.erin.handle, role: 'viewer' }), {
    change: { role: 'editor' },
  }),
  'members.update': row(groupOwners, (w) => ({ id: w.group, userId: w.people.carol.id, role: 'editor' })),
  // Carol, who views, may leave.
  'members.remove': row(but(groupOwners, { viewer: 'ok' }), (w) => ({ id: w.group, userId: w.people.carol.id })),
  'invitations.list': row(groupOwners, (w) => ({ id: w.group })),
  'invitations.withdraw': row(groupOwners, (w) => ({ id: w.group, invitationId: w.invitation })),

  // What each has of their own.
  'favorites.list': row(everyoneReads),
  'favorites.add': row(but(promptReaders, { ...notWithinGroup, 'reading key': 'auth.scope_missing' }), (w) => ({
    promptId: w.shared,
  })),
  // A mark of one's own comes off also when the prompt cannot be read any more: dave and root have one.
  'favorites.remove': row(
    but(promptReaders, {
      ...notWithinGroup,
      'reading key': 'auth.scope_missing',
      'ex-member': 'ok',
      "admin's key": 'ok',
    }),
    (w) => ({ promptId: w.second }),
  ),
  'library.list': row(everyoneReads),
  'history.list': row(everyoneReads),

  // Administration.
  'admin.users.list': row(adminsOnly),
  'admin.users.update': row(adminsOnly, (w) => ({ id: w.people.erin.id, status: 'suspended' })),
  'admin.audit.list': row(adminsOnly),
  'admin.authAttempts.list': row(adminsOnly),
  'admin.jobs.list': row(adminsOnly),
  'admin.stats.get': row(adminsOnly),
};
