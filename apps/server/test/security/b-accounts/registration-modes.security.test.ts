import { deliverMail, givenGroup, givenPerson, newAddress, PASSWORD } from '@promptory/api/testing';
import { type BootedApp, givenApp } from '../../harness/boot.ts';
import { bearer, callProcedure, unbatchedTransports } from '../../harness/transports.ts';
import { auth, comparableAnswer } from '../harness/account-calls.ts';
import { type Proof, proves } from '../harness/proof.ts';

// Who may make an account, by each mode. Where accounts are by invitation, nobody learns who is invited by registering.

const closed = await givenApp({ settings: { registration: { mode: 'closed' } } });
const listed = { mode: 'domains', domains: ['example.com', '*.team.example', 'xn--bcher-kva.example'] } as const;
const byDomain = await givenApp({ settings: { registration: listed } });
const invited = await givenApp({ settings: { registration: { mode: 'invitation' } } });
const invitedByMail = await givenApp({
  settings: { registration: { mode: 'invitation' }, requireEmailVerification: true },
});

const register = (server: BootedApp, proof: Proof, email: string) =>
  auth(server, proof.pick(unbatchedTransports), 'register', { email, name: 'Ann', password: PASSWORD });

const accounts = async ({ services: { db } }: BootedApp): Promise<number> =>
  (await db.selectFrom('users').select('id').execute()).length;

async function givenInvitation(server: BootedApp, email = newAddress()): Promise<string> {
  const { services } = server;
  const owner = await givenPerson(services);
  const groupId = await givenGroup(services, { owner });
  await server.database.pool.query(
    `INSERT INTO group_invitations (id, group_id, email, role) VALUES (gen_random_uuid(), $1, $2, 'viewer')`,
    [groupId, email],
  );
  return email;
}

proves('B9', 'while registration is closed no address makes an account, invited or known or not', async (proof) => {
  proof.atLeast(9);
  const known = await givenPerson(closed.services);
  const guest = await givenInvitation(closed);
  const before = await accounts(closed);
  const answers = new Set<string>();
  for (const email of [known.email, guest, newAddress()]) {
    for (const _ of unbatchedTransports) {
      const { code, error } = await register(closed, proof, email);
      answers.add(`${code} ${error?.registration}`);
      proof.case();
    }
  }
  proof.check([...answers].join() === 'auth.registration_closed closed', () => [...answers].join());
  proof.check((await accounts(closed)) === before, () => 'an account was made');
  const elsewhere = await register(byDomain, proof, newAddress());
  proof.works(elsewhere.code === 'ok', () => `where it is not closed: ${elsewhere.code}`);
});

proves('B9', 'a domain is compared after the one normaliser, to register and to change the address', async (proof) => {
  proof.atLeast(22);
  const person = await givenPerson(byDomain.services);
  const headers = bearer((await byDomain.session(person)).accessToken);
  const name = () => newAddress().split('@')[0];
  const fits: Array<[string, boolean]> = [
    [`${name()}@example.com`, true],
    [` ${name()}@EXAMPLE.com `, true],
    [`${name()}@ｅxample.com`, true],
    [`${name()}@a.b.team.example`, true],
    [`${name()}@bücher.example`, true],
    [`${name()}@sub.example.com`, false],
    [`${name()}@team.example`, false],
    [`${name()}@badexample.com`, false],
    [`${name()}@badteam.example`, false],
    [`${name()}@example.com.evil.example`, false],
    [`${name()}@example.co`, false],
  ];
  for (const [email, isFine] of fits) {
    const expected = isFine ? 'ok' : 'auth.registration_closed';
    const change = { email: email.replace(/^ ?/, 'new-'), currentPassword: PASSWORD };
    const changed = await callProcedure(byDomain, proof.pick(unbatchedTransports), 'me.update', change, headers);
    proof.worksIf(isFine, changed.code === expected, () => `me.update ${email}: ${changed.code}`);
    const made = await register(byDomain, proof, email);
    proof.worksIf(isFine, made.code === expected, () => `register ${email}: ${made.code}`);
  }
});

proves('B9', 'by invitation only invited addresses make an account, and no other learns more', async (proof) => {
  proof.atLeast(2);
  const guest = await givenInvitation(invited);
  const known = await givenPerson(invited.services);
  proof.works((await register(invited, proof, ` ${guest.toUpperCase()}`)).code === 'ok', () => 'an invited address');
  const refused = await register(invited, proof, newAddress());
  const taken = await register(invited, proof, known.email);
  const codes = [refused.code, taken.code].join();
  proof.check(codes === 'auth.registration_closed,auth.registration_closed', () => codes);
});

proves('B9', 'invited, not invited and known addresses are answered alike, and only mail tells', async (proof) => {
  proof.atLeast(12);
  const server = invitedByMail;
  for (const transport of unbatchedTransports) {
    const before = await accounts(server);
    const known = await givenPerson(server.services);
    const addresses = [await givenInvitation(server), newAddress(), known.email];
    const people = (await accounts(server)) - before;
    const answers = new Set<string>();
    for (const email of addresses) {
      const answer = await auth(server, transport, 'register', { email, name: 'Ann', password: PASSWORD });
      proof.works(answer.code === 'ok', () => answer.code);
      answers.add(comparableAnswer(answer));
    }
    proof.check(answers.size === 1, () => [...answers].join('\n'));
    proof.check((await accounts(server)) === before + people + 1, () => 'another number of accounts than one was made');
    const mails = (await deliverMail(server.services)).map(({ to, subject }) => `${addresses.indexOf(to)} ${subject}`);
    const expected = ['0 Confirm your e-mail address', '1 No account was made', '2 You have an account already'];
    proof.works(mails.sort().join() === expected.join(), () => mails.join());
  }
});
