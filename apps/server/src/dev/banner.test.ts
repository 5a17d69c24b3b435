import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Env } from '../settings/env.ts';
import { ROOT } from '../settings/project-root.ts';
import { banner } from './banner.ts';

const said = (parts: Partial<Env>, account: { email: string; password: string } | null = null): string[] =>
  banner({
    env: { publicUrl: 'http://localhost:3000', dataFolder: '.promptory', smtpUrl: null, ...parts } as Env,
    account,
    ms: 1_234,
  })
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

it('says where everything is once the server runs, and how to sign in', () => {
  expect(said({}, { email: 'demo@promptory.example', password: 'a-password' })).toEqual([
    'Promptory is ready after 1.2 s',
    'Console  http://localhost:3000',
    'API      http://localhost:3000',
    'tRPC     http://localhost:3000/trpc',
    'Docs     http://localhost:3000/docs',
    'Mail     .promptory/mail, a text file for each',
    'Sign in  demo@promptory.example with the password a-password (stored in .promptory/demo-password)',
    'Ctrl-C stops everything.',
  ]);
});

it('names a folder outside the root whole, the mail server without its log-in, and how to make an account', () => {
  const folder = join(ROOT, '../elsewhere');
  const account = { email: 'demo@promptory.example', password: 'a-password' };
  const [, , , , , mail, signIn] = said({ dataFolder: '../elsewhere' }, account);
  expect(mail).toBe(`Mail     ${join(folder, 'mail')}, a text file for each`);
  expect(signIn).toContain(`(stored in ${join(folder, 'demo-password')})`);
  const [, , , , , server, register] = said({ smtpUrl: 'smtp://me:secret@mail.example.org:587' });
  expect(server).toBe('Mail     mail.example.org:587');
  expect(register).toBe('Sign in  POST /auth/register { email, password, name }, then POST /auth/login');
});
