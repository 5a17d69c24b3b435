import { inspect } from 'node:util';
import { expect, expectTypeOf, it } from 'vitest';
import type { ErrorCode, ErrorDetails } from '../contract/contract.ts';
import { isPromptoryError, PromptoryError } from './promptory-error.ts';

const latest = {
  version: 4,
  author: { id: 'an id', handle: 'bob', name: 'Bob', avatarUrl: null },
  createdAt: '2026-01-31T09:30:00.000Z',
};
const conflict: unknown = new PromptoryError({
  code: 'prompt.version_conflict',
  message: 'The prompt has a newer version.',
  details: { latest },
});

it('types the details by the code that was compared', () => {
  if (!isPromptoryError(conflict)) throw conflict;
  if (conflict.code !== 'prompt.version_conflict') throw conflict;
  expect(conflict.details.latest.author.handle).toBe('bob');
  expectTypeOf(conflict.details).toEqualTypeOf<Readonly<ErrorDetails['prompt.version_conflict']>>();
  // @ts-expect-error: it has no such field.
  expect(conflict.details.latset).toBeUndefined();
});

it('types the details by the code that was asked for', () => {
  if (!isPromptoryError(conflict, 'prompt.version_conflict')) throw conflict;
  expectTypeOf(conflict.code).toEqualTypeOf<'prompt.version_conflict'>();
  expectTypeOf(conflict.details.latest.version).toBeNumber();
  expect(isPromptoryError(conflict, 'quota.exceeded')).toBe(false);
});

it('types the details of each code that has some, in a switch', () => {
  const said = (error: PromptoryError): string => {
    switch (error.code) {
      case 'prompt.version_conflict':
        return `${error.details.latest.version} by ${error.details.latest.author.name}`;
      case 'group.order_mismatch':
        return [...error.details.missing, ...error.details.unexpected].join();
      case 'prompt.breaking_change':
        return `${error.details.breakCount} from ${error.details.from} to ${error.details.to}`;
      case 'prompt.template_invalid':
        return `${error.details.fault.line}: ${error.details.fault.message}`;
      case 'release.refused':
        return String(Object.keys(error.details));
      case 'label.moved_since':
        return `${error.details.current.label} at ${error.details.current.version}`;
      case 'quota.exceeded':
        return `${error.details.quota}: ${error.details.used ?? '?'} of ${error.details.limit ?? '?'}`;
      case 'limit.exceeded':
        return error.details.limit;
      case 'auth.scope_missing':
        return error.details.scope;
      case 'auth.registration_closed':
        return error.details.registration;
      case 'import.unreadable':
        return `${error.details.rows ?? 0} rows`;
      default:
        expectTypeOf(error.code).extract<keyof ErrorDetails>().toBeNever();
        return error.message;
    }
  };
  expect(conflict instanceof PromptoryError && said(conflict)).toBe('4 by Bob');
});

it('lets nobody read details before the code is known, or of a code that has none', () => {
  if (!isPromptoryError(conflict)) throw conflict;
  // @ts-expect-error: not every error says which version is the latest.
  expect(conflict.details.latest).toEqual(latest);
  const missing: unknown = new PromptoryError({ code: 'prompt.not_found', message: 'There is no such prompt.' });
  if (!isPromptoryError(missing, 'prompt.not_found')) throw missing;
  // @ts-expect-error: of a prompt that is not there, nothing is latest.
  expect(missing.details.latest).toBeUndefined();
});

it('says each thing once where it is printed, logged or copied', () => {
  const cause = new TypeError('fetch failed');
  const errors = [{ path: 'title', code: 'required', params: {}, message: 'Is required' }] as const;
  const error = new PromptoryError({
    code: 'request.invalid',
    message: 'The input is not right.',
    status: 400,
    requestId: 'r-once',
    errors,
    details: { more: 'than-that' },
    cause,
  });
  for (const text of [inspect(error, { depth: 9 }), JSON.stringify(error)]) {
    for (const part of ['r-once', 'request.invalid', 'Is required', 'than-that', 'fetch failed', 'is not right']) {
      expect(text.split(part), `${part} in ${text}`).toHaveLength(2);
    }
  }
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'PromptoryError',
    message: 'The input is not right.',
    code: 'request.invalid',
    status: 400,
    requestId: 'r-once',
    errors,
    details: { more: 'than-that' },
    retryAfterSeconds: null,
    cause: 'fetch failed',
  });
  expect(error.data).toMatchObject({ requestId: 'r-once', more: 'than-that' });
  expect(error.cause).toBe(cause);
  const alone = new PromptoryError({ code: 'client.network', message: 'No answer.' });
  expect(inspect(alone)).not.toMatch(/cause|data|shape|meta/);
  expect(JSON.parse(JSON.stringify(alone))).not.toHaveProperty('cause');
});

it('has what tRPC itself calls `data`, typed by its code too, however the answer came', () => {
  if (!isPromptoryError(conflict) || conflict.data?.code !== 'prompt.version_conflict') throw conflict;
  expect(conflict.data.latest).toEqual(latest);
  expectTypeOf(conflict.data.latest).toEqualTypeOf<ErrorDetails['prompt.version_conflict']['latest']>();
  expectTypeOf(conflict.data.code).toEqualTypeOf<'prompt.version_conflict'>();
  const missing = new PromptoryError({ code: 'prompt.not_found', message: 'There is no such prompt.', status: 404 });
  if (missing.data?.code !== 'prompt.not_found') throw missing;
  // @ts-expect-error: this code adds nothing.
  expect(missing.data.latest).toBeUndefined();
  const { data } = new PromptoryError({ code: 'client.network', message: 'No answer.' });
  expect(data).toBeUndefined();
  expectTypeOf(data?.code).toEqualTypeOf<ErrorCode | undefined>();
});

it.each<[ErrorCode, number, number]>([
  ['request.invalid', 400, -32_600],
  ['auth.required', 401, -32_001],
  ['prompt.version_conflict', 409, -32_009],
  ['request.aborted', 499, -32_099],
  ['server.internal', 500, -32_603],
  ['server.busy', 503, -32_603],
])('gives %s, which came as problem details, the number that tRPC gives it: %i, %i', (code, status, number) => {
  const error = new PromptoryError({ code, message: 'A sentence.', status, path: 'transfer.import' });
  expect(error.shape).toEqual({
    message: 'A sentence.',
    code: number,
    data: { code, requestId: '', errors: [], httpStatus: status, path: 'transfer.import' },
  });
});
