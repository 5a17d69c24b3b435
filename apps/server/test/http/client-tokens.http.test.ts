import { deliverMail, tokenIn } from '@promptory/api/testing';
import { createPromptory } from '@promptory/client';
import { describe, expect, it } from 'vitest';
import { rows } from '../contract/access-matrix.rows.ts';
import { givenApp } from '../harness/boot.ts';
import { endpointOf, procedures } from '../harness/transports.ts';

// The client signs in with the first call that needs it, and the server lets in only whose address is verified.

const server = await givenApp({ settings: { requireEmailVerification: true } });

const password = 'a password of some length';

/** A client of an account whose address is not verified yet, and the names of the calls that leave it. */
async function unverifiedClient(name: string) {
  const email = `${name}@example.com`;
  const { method, path } = endpointOf('auth.register').rest;
  const made = await server.call({ method, url: path, payload: { email, password, name: 'New' } });
  expect(made.statusCode).toBe(202);
  await deliverMail(server.services);
  const sent: string[] = [];
  const promptory = createPromptory({
    url: await server.url(),
    credentials: { email, password },
    retry: false,
    fetch: (url, init) => {
      sent.push(new URL(url).pathname.replace('/trpc/', ''));
      return fetch(url, init);
    },
  });
  return { email, promptory, sent };
}

describe('a client whose address is not verified yet', () => {
  it('has the link mailed again, opens it, and is let in', async () => {
    const { email, promptory, sent } = await unverifiedClient('again');
    await expect(promptory.me.get.query({})).rejects.toMatchObject({ code: 'auth.email_not_verified' });
    expect(await promptory.auth.resendVerification.mutate({ email })).toEqual({ status: 'accepted' });
    const [mail] = await deliverMail(server.services);
    expect(mail?.to).toBe(email);
    await promptory.auth.verifyEmail.mutate({ token: tokenIn(mail), password });
    await promptory.$signIn({ email, password });
    expect(await promptory.me.get.query({})).toMatchObject({ email, emailVerified: true });
    expect(sent).toEqual(['auth.login', 'auth.resendVerification', 'auth.verifyEmail', 'auth.login', 'me.get']);
  });

  it('has it mailed again over REST too, with no token', async () => {
    const { email } = await unverifiedClient('by-rest');
    const { method, path, status } = endpointOf('auth.resendVerification').rest;
    const answer = await server.call({ method, url: path, payload: { email } });
    expect([answer.statusCode, answer.json()]).toEqual([status, { status: 'accepted' }]);
    expect((await deliverMail(server.services)).map(({ to }) => to)).toEqual([email]);
  });

  it('signs in first for just the calls that not anyone may make', async () => {
    const signedInFor: string[] = [];
    for (const [index, { path }] of procedures.entries()) {
      const { promptory, sent } = await unverifiedClient(`caller-${index}`);
      const call: unknown = path.split('.').reduce<unknown>((at, name) => Reflect.get(Object(at), name), promptory);
      const { mutate, query } = call as Record<'mutate' | 'query', (input: object) => Promise<unknown>>;
      await (endpointOf(path).type === 'query' ? query({}) : mutate({})).catch(() => {});
      if (path !== 'auth.login' && sent[0] === 'auth.login') signedInFor.push(path);
      else expect(sent).toEqual([path]);
    }
    const closed = procedures.filter(({ path }) => rows[path]?.expected !== 'anyone');
    expect(signedInFor).toEqual(closed.map(({ path }) => path));
  });
});
