import { deliverMail, givenPerson, newAddress, PASSWORD, type Person, tokenIn } from '@promptory/api/testing';
import { givenApp } from '../../harness/boot.ts';
import { bearer, callProcedure, type Headers, type Input, unbatchedTransports } from '../../harness/transports.ts';
import { auth, logIn, OTHER_PASSWORD } from '../harness/account-calls.ts';
import { type Proof, proves } from '../harness/proof.ts';

// What somebody can do with a session that is not theirs, or that is but should not suffice, and what is left of one
// that its owner ended.

const server = await givenApp();

const change = (proof: Proof, headers: Headers, input: Input) =>
  auth(server, proof.pick(unbatchedTransports), 'changePassword', input, headers);

const openedBy = async (account: Person, password: string): Promise<boolean> =>
  (await logIn(server, 'REST', { email: account.email, password })).code === 'ok';

const isAlive = async (proof: Proof, accessToken: string): Promise<boolean> =>
  (await callProcedure(server, proof.pick(unbatchedTransports), 'me.get', {}, bearer(accessToken))).code === 'ok';

proves('B2', 'a password is changed by who knows it, in a session: 0 changes otherwise', async (proof) => {
  for (let round = proof.share(15); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const stranger = await server.session(await givenPerson(server.services));
    const { accessToken } = await server.session(account);
    const input = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
    const own = bearer(accessToken);
    const attempts: [string, Headers, Input][] = [
      ['nobody', {}, input],
      ['an API key', await server.as.key(account), input],
      ['an API key as a bearer', bearer((await server.as.key(account))['x-api-key'] ?? ''), input],
      ['a stranger', bearer(stranger.accessToken), { ...input, userId: account.id }],
      ['a stranger by address', bearer(stranger.accessToken), { ...input, email: account.email }],
      ['a wrong password', own, { ...input, currentPassword: `${PASSWORD} ` }],
      ['a wrong case', own, { ...input, currentPassword: PASSWORD.toUpperCase() }],
      ['no password', own, { newPassword: OTHER_PASSWORD }],
      ['an empty password', own, { ...input, currentPassword: '' }],
      ['a list', own, { ...input, currentPassword: [PASSWORD] }],
      ['true', own, { ...input, currentPassword: true }],
      ['the stored hash', own, { ...input, currentPassword: `plain:${PASSWORD}` }],
      ['a weak new one', own, { ...input, newPassword: 'password123' }],
      ['a role beside it', own, { ...input, role: 'admin' }],
    ];
    for (const [name, headers, attempt] of attempts) {
      const answer = await change(proof, headers, attempt);
      proof.check(answer.status >= 400 && answer.status < 500, () => `${name}: ${answer.status} ${answer.code}`);
    }
    proof.check(await openedBy(account, PASSWORD), () => 'the password was changed');
    const honest = await change(proof, own, input);
    const isChanged = honest.code === 'ok' && (await openedBy(account, OTHER_PASSWORD));
    proof.works(isChanged, () => `by who knows it: ${honest.code}`);
  }
});

proves(
  'B2',
  'a changed password ends every other session at once and keeps the one it was changed in',
  async (proof) => {
    for (let round = proof.share(15); round > 0; round -= 1) {
      const account = await givenPerson(server.services);
      const own = await server.session(account);
      const others = await Promise.all(Array.from({ length: 1 + proof.below(5) }, () => server.session(account)));
      const stranger = await server.session(await givenPerson(server.services));
      const input = { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD };
      const answer = await change(proof, bearer(own.accessToken), input);
      proof.works(answer.code === 'ok', () => answer.code);
      for (const { accessToken, refreshToken } of others) {
        const refreshed = await auth(server, 'REST', 'refresh', { refreshToken });
        proof.check(!(await isAlive(proof, accessToken)) && refreshed.status === 401, () => 'another session lives on');
      }
      proof.works(await isAlive(proof, own.accessToken), () => 'the own session was ended');
      proof.check(await isAlive(proof, stranger.accessToken), () => 'a stranger’s session was ended');
      proof.check(!(await openedBy(account, PASSWORD)), () => 'the former password still opens the account');
    }
  },
);

proves(
  'B2',
  'of 20 parallel changes with the same current password one succeeds, and its password is the account’s',
  async (proof) => {
    for (let round = proof.share(10); round > 0; round -= 1) {
      const account = await givenPerson(server.services);
      const headers = await server.as.person(account);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          change(proof, headers, { currentPassword: PASSWORD, newPassword: `${OTHER_PASSWORD} ${index}` }),
        ),
      );
      const winners = answers.flatMap(({ code }, index) => (code === 'ok' ? [index] : []));
      const faults = answers.filter(({ status }) => status >= 500).length;
      const isRight = winners.length === 1 && (await openedBy(account, `${OTHER_PASSWORD} ${winners[0]}`));
      proof.works(isRight && faults === 0, () => answers.map(({ code }) => code).join());
    }
  },
);

proves('B2', 'a log-in and a reset that race leave no session of the former password', async (proof) => {
  for (let round = proof.share(20); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    await auth(server, 'REST', 'forgotPassword', { email: account.email });
    const mails = await deliverMail(server.services);
    const token = tokenIn(mails.find(({ to, text }) => to === account.email && text.includes('/reset-password')));
    const signIns = Array.from({ length: 8 }, () =>
      logIn(server, proof.pick(unbatchedTransports), { email: account.email, password: PASSWORD }),
    );
    const done = await auth(server, 'REST', 'resetPassword', { token, password: OTHER_PASSWORD });
    const answers = await Promise.all(signIns);
    const left = await server.services.db
      .selectFrom('sessions')
      .select('id')
      .where('user_id', '=', account.id)
      .execute();
    const opened = answers.filter(({ code }) => code === 'ok').length;
    proof.check(
      done.code === 'ok' && left.length === 0,
      () => `${left.length} sessions of ${opened} log-ins outlive it`,
    );
    proof.works(await openedBy(account, OTHER_PASSWORD), () => 'the new password does not open the account');
  }
});

proves(
  'B4',
  'an address is changed by who has the password and reads its mails: 0 changes otherwise',
  async (proof) => {
    const emailOf = async ({ id }: Person): Promise<string> =>
      (await server.services.db.selectFrom('users').select('email').where('id', '=', id).executeTakeFirstOrThrow())
        .email;
    for (let round = proof.share(15); round > 0; round -= 1) {
      const [account, holder] = [await givenPerson(server.services), await givenPerson(server.services)];
      const own = await server.as.person(account);
      const input = { email: newAddress(), currentPassword: PASSWORD };
      const attempts: [string, Headers, Input][] = [
        ['nobody', {}, input],
        ['an API key', await server.as.key(account), input],
        ['no password', own, { email: input.email }],
        ['a wrong password', own, { ...input, currentPassword: OTHER_PASSWORD }],
        ['a list of addresses', own, { ...input, email: [input.email] }],
        ['said to be verified', own, { ...input, emailVerified: true }],
        ['a role beside it', own, { ...input, role: 'admin' }],
      ];
      await deliverMail(server.services);
      for (const [name, headers, attempt] of attempts) {
        const answer = await callProcedure(server, proof.pick(unbatchedTransports), 'me.update', attempt, headers);
        proof.check(answer.status >= 400 && answer.status < 500, () => `${name}: ${answer.status} ${answer.code}`);
      }
      const unasked = await deliverMail(server.services);
      proof.check(unasked.length === 0, () => JSON.stringify(unasked));
      // Asked for rightly it waits for its mail; somebody else's address notifies only its holder.
      for (const email of [input.email, holder.email]) {
        const asked = await callProcedure(
          server,
          proof.pick(unbatchedTransports),
          'me.update',
          { ...input, email },
          own,
        );
        const shown = Reflect.get(Object(asked.result), 'email');
        proof.works(asked.code === 'ok' && shown === account.email, () => `${asked.code}: ${shown}`);
        proof.check((await emailOf(account)) === account.email, () => 'it took effect before it was proved');
        const mails = await deliverMail(server.services);
        proof.works(mails.length === 1 && mails[0]?.to === email, () => JSON.stringify(mails));
        if (email !== holder.email) continue;
        proof.check(!mails[0]?.text.includes('token='), () => 'its holder is mailed a link that would move it');
      }
      proof.check((await emailOf(holder)) === holder.email, () => 'the holder lost the address');
    }
  },
);

proves('B2', 'the list of sessions shows one’s own alone, without a secret, and ends no one else’s', async (proof) => {
  for (let round = proof.share(15); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const victim = await server.session(await givenPerson(server.services));
    const sessions = [await server.session(account), await server.session(account), await server.session(account)];
    const [own, second, third] = sessions;
    const headers = bearer(own?.accessToken ?? '');
    const transport = proof.pick(unbatchedTransports);
    const page = await callProcedure(server, transport, 'auth.sessions.list', { limit: 2 }, headers);
    const cursor = Reflect.get(Object(page.result), 'nextCursor');
    const rest = await callProcedure(server, transport, 'auth.sessions.list', { limit: 2, cursor }, headers);
    const items = [page, rest].flatMap(({ result }) => Reflect.get(Object(result), 'items') as object[]);
    const ids = items.map((item) => Reflect.get(item, 'id')).toSorted();
    const mine = [account.principal, ...sessions].map(({ sessionId }) => sessionId).toSorted();
    proof.works(ids.join() === mine.join(), () => `${ids.join()} rather than ${mine.join()}`);
    const text = page.response.body + rest.response.body;
    const secrets = [...sessions, victim].flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]);
    const shown = secrets.filter((secret) => text.includes(secret.slice(-20)));
    proof.check(shown.length === 0 && !/hash|secret|salt/i.test(text), () => text);
    const foreign = await callProcedure(
      server,
      transport,
      'auth.sessions.list',
      { limit: 2, cursor },
      bearer(victim.accessToken),
    );
    proof.check(foreign.status === 400, () => `a cursor of another: ${foreign.status}`);

    for (const id of [victim.sessionId, account.id, '00000000-0000-7000-8000-000000000000']) {
      const ended = await callProcedure(server, proof.pick(unbatchedTransports), 'auth.sessions.end', { id }, headers);
      proof.check(ended.code === 'session.not_found', () => `${id}: ${ended.status} ${ended.code}`);
    }
    proof.check(await isAlive(proof, victim.accessToken), () => 'a stranger’s session was ended');
    const key = await server.as.key(account);
    const byKey = await callProcedure(server, proof.pick(unbatchedTransports), 'auth.sessions.list', {}, key);
    proof.check(byKey.status === 403, () => `by an API key: ${byKey.status}`);

    const ended = await callProcedure(
      server,
      proof.pick(unbatchedTransports),
      'auth.sessions.end',
      { id: second?.sessionId ?? '' },
      headers,
    );
    const refreshed = await auth(server, 'REST', 'refresh', { refreshToken: second?.refreshToken ?? '' });
    const isEnded =
      ended.code === 'ok' && refreshed.status === 401 && !(await isAlive(proof, second?.accessToken ?? ''));
    proof.check(isEnded, () => `${ended.code}, ${refreshed.status}`);
    proof.works(await isAlive(proof, third?.accessToken ?? ''), () => 'another of one’s sessions was ended');
  }
});

proves('B2', 'logging out ends what it shows and nothing else, whatever token it is given', async (proof) => {
  for (let round = proof.share(15); round > 0; round -= 1) {
    const account = await givenPerson(server.services);
    const [own, other] = [await server.session(account), await server.session(account)];
    const victim = await server.session(await givenPerson(server.services));
    for (const refreshToken of [
      'x',
      victim.accessToken.slice(0, 200),
      victim.sessionId,
      `${victim.refreshToken}x`,
      'a'.repeat(200),
    ]) {
      await auth(server, proof.pick(unbatchedTransports), 'logout', { refreshToken });
      proof.check(await isAlive(proof, victim.accessToken), () => `${refreshToken} ended a stranger’s session`);
    }
    const gone = await auth(server, proof.pick(unbatchedTransports), 'logout', {}, bearer(own.accessToken));
    const isGone = !(await isAlive(proof, own.accessToken)) && (await isAlive(proof, other.accessToken));
    proof.works(gone.code === 'ok' && isGone, () => `${gone.code}`);
    const refreshed = await auth(server, 'REST', 'refresh', { refreshToken: own.refreshToken });
    proof.check(refreshed.status === 401, () => `refreshed after logging out: ${refreshed.status}`);
  }
});
