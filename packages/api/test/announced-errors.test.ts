import { ErrorCode } from '@promptory/schemas';
import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { expect, it } from 'vitest';
import { appRouter } from '../src/app-router.ts';
import type { Meta } from '../src/trpc.ts';
import { reachableErrors } from './harness/reachable-errors.ts';

/** What any procedure may answer. */
const general: readonly ErrorCode[] = ['request.invalid', 'limit.exceeded', 'server.busy', 'auth.invalid_token'];

const VERDICT = 'It is the verdict on one of many.';

/** Why a release is refused, in its details. */
const released = {
  'request.conflict': VERDICT,
  'quota.exceeded': VERDICT,
  'prompt.not_found': VERDICT,
  'prompt.forbidden': VERDICT,
  'prompt.version_not_found': VERDICT,
  'label.protected': VERDICT,
  'label.moved_since': VERDICT,
  'prompt.breaking_change': VERDICT,
};

/** Why a prompt of a file is refused, in its row. */
const { 'prompt.forbidden': _, 'quota.exceeded': __, ...imported } = released;

/** Codes that stand in what an action calls, and why it does not answer them, or need not announce them. */
const otherwise: Readonly<Record<string, Readonly<Partial<Record<ErrorCode, string>>>>> = {
  'auth.register': { 'user.not_found': 'The account has just been made.' },
  'auth.login': { 'user.not_found': 'The account is locked.' },
  'auth.refresh': { 'user.not_found': 'A session goes with its account.' },
  'auth.resetPassword': { 'auth.email_taken': 'It confirms the address that the account has already.' },
  'preferences.chooseMails': { 'user.not_found': 'The account is locked.' },
  'prompts.create': { 'prompt.not_found': 'It reads what it has just made.' },
  'prompts.createMany': {
    'quota.exceeded': VERDICT,
    'prompt.slug_taken': VERDICT,
    'prompt.version_conflict': 'No new prompt is refused by it; that of a change is its verdict.',
  },
  'prompts.update': { 'server.unavailable': 'So is any call answered that took too long, and may have been done.' },
  'prompts.updateMany': {
    'quota.exceeded': VERDICT,
    'request.precondition_failed': VERDICT,
    'request.conflict': VERDICT,
    'prompt.not_found': VERDICT,
    'prompt.forbidden': VERDICT,
    'prompt.slug_taken': VERDICT,
    'prompt.version_conflict': VERDICT,
  },
  'prompts.resolveMany': {
    'prompt.not_found': VERDICT,
    'prompt.version_not_found': VERDICT,
    'label.not_found': VERDICT,
    'answer.too_large': VERDICT,
    'quota.exceeded': 'Its verdicts are those of changes, of which it makes none.',
    'prompt.version_conflict': 'Its verdicts are those of changes, of which it makes none.',
  },
  'prompts.watch': {
    'prompt.not_found': 'It is what is said of a reference.',
    'prompt.version_not_found': 'It is what is said of a reference.',
    'label.not_found': 'It is what is said of a reference.',
  },
  'releases.create': released,
  'releases.undo': released,
  'labels.remove': { 'prompt.breaking_change': 'It leads to no version.' },
  'groups.create': { 'group.not_found': 'It reads what it has just made.' },
  'groups.addPrompt': { 'group.prompt_not_in_group': 'It reads what it has just made.' },
  'members.add': { 'group.member_not_found': 'It reads what it has just made.' },
  'transfer.import': {
    ...imported,
    'prompt.slug_taken': 'A slug of the file is numbered when it is in use.',
    'request.too_large': 'Announced with the bound of its body.',
    'request.aborted': 'Nobody is there to be answered.',
  },
};

const anyRouter: AnyTRPCRouter = appRouter;
const procedures = Object.entries(anyRouter._def.procedures as Record<string, AnyTRPCProcedure>).map(
  ([path, { _def }]) => ({ path, errors: (_def.meta as Meta).errors ?? [], resolver: Reflect.get(_def, 'resolver') }),
);

it.each(procedures)('$path announces what its action throws, and nothing else', ({ path, errors, resolver }) => {
  const explained = new Set<string>([...general, ...Object.keys(otherwise[path] ?? {})]);
  const thrown = reachableErrors(resolver).filter((code) => !explained.has(code));
  expect(ErrorCode.options.filter((code) => errors.includes(code))).toEqual(thrown);
});

it('explains only codes that are there', () => {
  const idle = Object.entries(otherwise).flatMap(([path, codes]) => {
    const reachable = reachableErrors(procedures.find((one) => one.path === path)?.resolver);
    return Object.keys(codes).filter((code) => !reachable.some((one) => one === code));
  });
  expect(idle).toEqual([]);
});
