import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PromptoryError } from '@promptory/client';
import { expect, it } from 'vitest';
import { ExitCode, failureOf } from './failure.ts';

it('ends with the codes that the readme lists', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const listed = Array.from(readme.matchAll(/^\| (\d+) \|/gm), ([, code]) => Number(code));
  expect(listed).toEqual(Object.values(ExitCode));
});

it.each([
  ['auth.invalid_token', 401, ExitCode.notSignedIn],
  ['prompt.forbidden', 403, ExitCode.forbidden],
  ['prompt.not_found', 404, ExitCode.notFound],
  ['prompt.version_conflict', 409, ExitCode.conflict],
  ['request.precondition_failed', 412, ExitCode.conflict],
  ['request.invalid', 400, ExitCode.refused],
  ['limit.exceeded', 429, ExitCode.unavailable],
  ['server.busy', 503, ExitCode.unavailable],
  ['client.network', null, ExitCode.unavailable],
  ['client.aborted', null, ExitCode.interrupted],
] as const)('ends at %s with status %s by %i', (code, status, exitCode) => {
  expect(failureOf(new PromptoryError({ code, status, message: 'So it is.' })).exitCode).toBe(exitCode);
});

it('lets a fault of the command itself through, and says what the file system refused', () => {
  expect(() => failureOf(new TypeError('x is no function'))).toThrow('x is no function');
  const refused = Object.assign(new Error('EACCES: permission denied'), { syscall: 'open', code: 'EACCES' });
  expect(failureOf(refused)).toMatchObject({ exitCode: ExitCode.refused, message: 'EACCES: permission denied.' });
});
