import { HasherBusyError } from '@promptory/auth';
import { InvalidCursorError } from '@promptory/db';
import { ErrorCode } from '@promptory/schemas';
import { TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError, detailedError, errorKinds, publicError, toAppError } from './errors.ts';

const fromDatabase = (code: string): Error =>
  Object.assign(new Error('duplicate key value violates unique constraint "users_email_key"'), { code });

const thrownBy = (cause: unknown): TRPCError => new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause });

describe('what a failure is to the caller', () => {
  it.each([
    ['22021', 400],
    ['22P05', 400],
    ['22P02', 400],
    ['22003', 400],
    ['22008', 400],
    ['22025', 400],
    ['54000', 400],
    ['54001', 400],
    ['23503', 409],
    ['23505', 409],
    ['40001', 503],
    ['40P01', 503],
    ['57014', 503],
    ['55P03', 503],
    ['57P01', 503],
    ['53300', 503],
    ['53100', 503],
    ['08006', 503],
    ['25P03', 503],
    ['08P01', 500],
    ['42P02', 500],
    ['42P01', 500],
    ['23514', 500],
  ])('PostgreSQL’s %s is a %i that says nothing of the database', (state, status) => {
    const known = toAppError(thrownBy(fromDatabase(state)));
    expect(known.status).toBe(status);
    expect(known.message).toBe(errorKinds[known.code].message);
    expect(JSON.stringify([known.message, known.errors, known.extra])).not.toMatch(/users_email_key|duplicate/);
    expect(known.retryAfterSeconds).toBe(status === 503 ? 1 : null);
  });

  it.each([
    ['malformed_json', 'invalid_format', { format: 'json' }],
    ['unkept_json', 'not_kept', {}],
    ['field_conflict', 'not_allowed', {}],
  ])('is by its field what a transport refused before a procedure saw it: %s', (reason, code, params) => {
    const cause = Object.assign(new Error('Not so.'), { name: 'RequestRefused', reason, field: 'body.config' });
    const known = toAppError(new TRPCError({ code: 'BAD_REQUEST', cause }));
    expect(known.status).toBe(400);
    expect(known.errors).toEqual([{ path: 'body.config', code, params, message: 'Not so.' }]);
  });

  it('lists the faults of an input by path, and keeps those of an output to itself', () => {
    const { error } = z.strictObject({ tags: z.array(z.string()) }).safeParse({ tags: [1], more: 2 });
    const input = toAppError(new TRPCError({ code: 'BAD_REQUEST', cause: error }));
    expect(input.code).toBe('request.invalid');
    expect(input.errors.map(({ path }) => path)).toEqual(['tags.0', 'more']);
    const output = toAppError(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error }));
    expect([output.code, output.errors]).toEqual(['server.internal', []]);
  });

  it('says after how many seconds to come back, where there is a use in it', () => {
    const { retryAfterSeconds } = publicError(
      detailedError('limit.exceeded', { limit: 'user' }, { retryAfterSeconds: 5 }),
      'a request',
    );
    expect([5, 6, 7]).toContain(retryAfterSeconds);
    expect(publicError(new AppError('request.in_progress', { retryAfterSeconds: 1 }), 'a')).toHaveProperty(
      'retryAfterSeconds',
    );
    expect(publicError(new AppError('prompt.not_found'), 'a request')).not.toHaveProperty('retryAfterSeconds');
  });

  it('is what the rules say, through whatever wrapped it', () => {
    const conflict = new AppError('prompt.version_conflict', { extra: { latest: { version: 3 } } });
    expect(toAppError(thrownBy(conflict))).toBe(conflict);
    expect(toAppError(thrownBy(new InvalidCursorError())).code).toBe('request.cursor_invalid');
    expect(toAppError(thrownBy(new HasherBusyError(7)))).toMatchObject({ code: 'server.busy', retryAfterSeconds: 7 });
    expect(toAppError('thrown by hand').code).toBe('server.internal');
  });

  it('has a status and a sentence for every code', () => {
    for (const code of ErrorCode.options) {
      expect(errorKinds[code].status, code).toBeGreaterThanOrEqual(400);
      expect(errorKinds[code].message, code).toMatch(/\.$/);
    }
  });
});
