import { join, relative } from 'node:path';
import { dataFolderOf } from '../settings/data-folder.ts';
import type { Env } from '../settings/env.ts';
import { ROOT } from '../settings/project-root.ts';

/** What to know once the server runs: where everything is, and how to sign in. */
export function banner(state: { env: Env; account: { email: string; password: string } | null; ms: number }): string {
  const { env, account, ms } = state;
  const { publicUrl } = env;
  const inRoot = (path: string): string => (relative(ROOT, path).startsWith('..') ? path : relative(ROOT, path));
  const folder = dataFolderOf(env);
  const mail =
    env.smtpUrl === null ? `${inRoot(join(folder, 'mail'))}, a text file for each` : new URL(env.smtpUrl).host;
  const signIn =
    account === null
      ? 'POST /auth/register { email, password, name }, then POST /auth/login'
      : `${account.email} with the password ${account.password} (stored in ${inRoot(join(folder, 'demo-password'))})`;
  return `
  Promptory is ready after ${(ms / 1_000).toFixed(1)} s

  Console  ${publicUrl}
  API      ${publicUrl}
  tRPC     ${publicUrl}/trpc
  Docs     ${publicUrl}/docs
  Mail     ${mail}
  Sign in  ${signIn}

  Ctrl-C stops everything.
`;
}
