import { deliverMail, givenPerson, newAddress, PASSWORD } from '@promptory/api/testing';
import { afterEach } from 'vitest';
import { smtpMailer } from '../../../../src/services/mailer.ts';
import { givenApp, ORIGIN } from '../../../harness/boot.ts';
import { catchMail } from '../../../harness/mail-catcher.ts';
import { callProcedure, type Headers, unbatchedTransports } from '../../../harness/transports.ts';
import { auth, OTHER_PASSWORD } from '../../harness/account-calls.ts';
import { proves } from '../../harness/proof.ts';

// What a stranger can make the server mail: whose links, to whom, with which headers, and what names say in it.

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const server = await givenApp({ settings: { requireEmailVerification: true }, app: { trustProxy: ['127.0.0.0/8'] } });

const linksIn = (text: string): string[] => text.match(/https?:\/\/[^\s”]+/g) ?? [];

const spoofed: readonly Headers[] = [
  { host: 'evil.example' },
  { host: 'promptory.example:444' },
  { host: 'promptory.example@evil.example' },
  { host: 'promptory.example', 'x-forwarded-host': 'evil.example' },
  { 'x-forwarded-host': 'evil.example, promptory.example' },
  { 'x-forwarded-proto': 'http' },
  { 'x-forwarded-port': '444' },
  { 'x-forwarded-server': 'evil.example' },
  { 'x-host': 'evil.example' },
  { 'x-original-url': 'https://evil.example/' },
  { 'x-rewrite-url': 'https://evil.example/' },
  { 'x-http-host-override': 'evil.example' },
  { 'x-original-host': 'evil.example' },
  { forwarded: 'host=evil.example;proto=http' },
  { origin: 'https://evil.example' },
  { referer: 'https://evil.example/reset' },
  { from: 'evil@evil.example' },
];

proves('B4', 'whatever Host and its kin say, every link in a mail begins with PUBLIC_URL', async (proof) => {
  for (const headers of proof.sample(spoofed, 4)) {
    for (const transport of unbatchedTransports) {
      const [known, fresh] = [
        await givenPerson(server.services),
        await givenPerson(server.services, { verified: false }),
      ];
      const owner = await server.as.person(known);
      const answers = [
        await auth(server, transport, 'forgotPassword', { email: known.email }, headers),
        await auth(server, transport, 'resendVerification', { email: fresh.email }, headers),
      ];
      for (const email of [newAddress(), known.email, fresh.email]) {
        answers.push(
          await auth(server, transport, 'register', { email, name: 'Ann', password: OTHER_PASSWORD }, headers),
        );
      }
      const change = { email: newAddress(), currentPassword: PASSWORD };
      await callProcedure(server, transport, 'me.update', change, { ...headers, ...owner });
      const group = await callProcedure(
        server,
        transport,
        'groups.create',
        { name: 'Group' },
        { ...headers, ...owner },
      );
      const input = { id: String(Reflect.get(Object(group.result), 'id')), email: newAddress(), role: 'viewer' };
      await callProcedure(server, transport, 'members.add', input, { ...headers, ...owner });
      const mails = await deliverMail(server.services);
      // A Host that is none may also be refused, which mails nothing.
      const isRefused = answers.every(({ status }) => status === 400) && mails.length === 0;
      const statuses = (): string => answers.map(({ status, code }) => `${status} ${code}`).join();
      proof.check(
        isRefused || mails.length >= 7,
        () => `${JSON.stringify(headers)}: ${mails.length} mails, ${statuses()}`,
      );
      for (const link of mails.flatMap(({ text }) => linksIn(text))) {
        proof.works(new URL(link).origin === ORIGIN, () => `${JSON.stringify(headers)}: ${link}`);
      }
    }
  }
});

const baits = [
  'Your account is locked: https://evil.example/unlock',
  'www.evil.example',
  'evil.example/now',
  'help@evil.example',
  'Ann\u3000https://evil.example',
  '[here](https://evil.example)',
  '<a href="https://evil.example">',
  'https:\\\\evil.example',
];

proves('B4', 'a name that is a link or an address is neither in any mail that it is put into', async (proof) => {
  for (const name of proof.sample(baits, 3)) {
    const email = newAddress();
    await auth(server, proof.pick(unbatchedTransports), 'register', { email, name, password: PASSWORD });
    const owner = await givenPerson(server.services);
    await server.services.db.updateTable('users').set({ name }).where('id', '=', owner.id).execute();
    const headers = await server.as.person(owner);
    const group = await callProcedure(server, 'REST', 'groups.create', { name }, headers);
    const id = String(Reflect.get(Object(group.result), 'id'));
    const member = await givenPerson(server.services);
    for (const invited of [newAddress(), member.email]) {
      await callProcedure(
        server,
        proof.pick(unbatchedTransports),
        'members.add',
        { id, email: invited, role: 'viewer' },
        headers,
      );
    }
    await auth(server, proof.pick(unbatchedTransports), 'forgotPassword', { email: owner.email });
    const mails = await deliverMail(server.services);
    proof.works(mails.length === 4, () => `${mails.length} mails: ${mails.map(({ subject }) => subject).join()}`);
    for (const { text, subject } of mails) {
      proof.check(!/evil\.example|@evil|[/\\]{2}evil/i.test(text + subject), () => text);
    }
  }
});

const USUAL = [
  'from',
  'to',
  'subject',
  'message-id',
  'content-transfer-encoding',
  'date',
  'mime-version',
  'auto-submitted',
  'content-type',
];
const breaks = ['\r\n', '\n', '\r', '\u2028', '\u0085', '%0d%0a', '\\r\\n', '\r\n\r\n', '\v', '\f'];
const additions = ['Bcc: all@evil.example', 'Cc: all@evil.example', 'Content-Type: text/html', 'To: all@evil.example'];

proves('B4', 'CR, LF and their kin in an address or a name add no header and no recipient', async (proof) => {
  const smtp = await catchMail();
  const mailer = await smtpMailer({
    url: smtp.url,
    from: 'Promptory <no-reply@promptory.example>',
  });
  closing.push(smtp.close, async () => mailer.close());
  const addresses = new Set<string>();
  for (const end of proof.sample(breaks, 3)) {
    for (const addition of additions) {
      const { email } = await givenPerson(server.services);
      addresses.add(email);
      for (const [position, typed] of Object.entries({
        after: `${email}${end}${addition}`,
        before: `${addition}${end}${email}`,
        inside: email.replace('@', `${end}${addition}${end}@`),
      })) {
        for (const procedure of ['forgotPassword', 'resendVerification']) {
          const answer = await auth(server, proof.pick(unbatchedTransports), procedure, { email: typed });
          proof.check(
            answer.status === 400,
            () => `${procedure}, ${position}: ${JSON.stringify(typed)}: ${answer.status}`,
          );
        }
      }
      const fresh = newAddress();
      addresses.add(fresh);
      const name = `Ann${end}${addition}`;
      const made = await auth(server, proof.pick(unbatchedTransports), 'register', {
        email: fresh,
        name,
        password: PASSWORD,
      });
      proof.check(made.status < 500, () => `${JSON.stringify(name)}: ${made.status}`);
      await auth(server, proof.pick(unbatchedTransports), 'forgotPassword', { email });
    }
  }
  // What a job holds is the last that stands before the mail server.
  await Promise.all((await deliverMail(server.services)).map((mail) => mailer.send(mail)));
  for (const { email } of [await givenPerson(server.services), await givenPerson(server.services)]) {
    const worst = { to: `${email}\r\nBcc: all@evil.example`, subject: 'Hello\r\nBcc: all@evil.example', text: 'Hello' };
    await mailer.send(worst).catch(() => undefined);
    addresses.add(email);
  }
  for (const { to, headers, raw } of smtp.mails) {
    const isUsual = headers.every((name) => USUAL.includes(name)) && new Set(headers).size === headers.length;
    proof.check(isUsual, () => `headers: ${headers.join()}`);
    const isOne = to.length === 1 && !to.some((address) => address.endsWith('evil.example'));
    proof.check(isOne, () => `recipients: ${to.join()} of ${raw.slice(0, 200)}`);
  }
  proof.works(smtp.mails.length >= additions.length, () => `only ${smtp.mails.length} mails came`);
});

proves('B4', 'a reset goes to the stored address, never to one that only looks or folds like it', async (proof) => {
  const lookalikes: ((email: string) => string)[] = [
    (email) => email.toUpperCase(),
    (email) => `\t${email} `,
    (email) => email.replace('person', 'ｐｅｒｓｏｎ'),
    (email) => email.replace('@', '＠'),
    (email) => email.replace('e', 'е'),
    (email) => email.replace('i', 'ı'),
    (email) => email.replace('s', 'ſ'),
    (email) => email.replace('example', 'ехample'),
    (email) => email.replace('.com', '。com'),
    (email) => email.replace('.com', '.cоm'),
    (email) => email.replace('@', '+tag@'),
    (email) => email.replace('o', '\u200bo'),
    (email) => `${email}.`,
    (email) => `${email},evil@evil.example`,
    (email) => `evil@evil.example,${email}`,
    (email) => `${email} evil@evil.example`,
    (email) => `"${email}" <evil@evil.example>`,
    (email) => `evil@evil.example\u0000${email}`,
    (email) => email.replace('person', 'perſon').toUpperCase(),
    (email) => email.replace('.com', '.com%00.evil.example'),
  ];
  const rounds = proof.share(10);
  // Those that fold to it alone: capitals, blanks and wide letters.
  const mailed = proof.demand(rounds * 4, 'resets were mailed to the stored address');
  for (let round = rounds; round > 0; round -= 1) {
    for (const [index, lookalike] of lookalikes.entries()) {
      const { email } = await givenPerson(server.services);
      const typed = lookalike(email);
      await auth(server, proof.pick(unbatchedTransports), 'forgotPassword', { email: typed });
      const mails = await deliverMail(server.services);
      const isRight = mails.every(({ to }) => to === email) && mails.length <= 1;
      mailed(isRight ? mails.length : 0);
      proof.check(isRight, () => `${index}: ${JSON.stringify(typed)}: to ${mails.map(({ to }) => to).join()}`);
    }
  }
});
