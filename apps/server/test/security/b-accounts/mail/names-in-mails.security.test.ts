import { deliverMail, givenGroup, givenPerson, newAddress, PASSWORD } from '@promptory/api/testing';
import { newId } from '@promptory/db';
import { LinkifyIt } from 'linkify-it';
import PostalMime, { type Email } from 'postal-mime';
import { afterAll } from 'vitest';
import { smtpMailer } from '../../../../src/services/mailer.ts';
import { givenApp, ORIGIN } from '../../../harness/boot.ts';
import { catchMail } from '../../../harness/mail-catcher.ts';
import { callProcedure, unbatchedTransports } from '../../../harness/transports.ts';
import { auth, OTHER_PASSWORD } from '../../harness/account-calls.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import { honestNames, hostileNames } from './hostile-names.ts';

// Each mail goes through a real mail server, and is read by a parser and looked through for links as mail programs do it.

const FROM = 'Promptory <no-reply@promptory.example>';
const server = await givenApp({ settings: { requireEmailVerification: true } });
const smtp = await catchMail();
const mailer = await smtpMailer({ url: smtp.url, from: FROM });
afterAll(async () => {
  mailer.close();
  await smtp.close();
});

// Besides the domains that it knows by itself those of our names, and whatever could be one.
const tlds = ['example', 'uk', 'io', 'com', 'net', 'org', 'рф', 'xn--p1ai', 'inc', 'live', 'mp'];
const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true });
linkify.tlds(tlds, true);
/** What phones and desktops make a telephone number of. */
const TELEPHONE = /\+?\d(?:[ ().-]*\d){6,}/;

interface Read extends Pick<Email, 'headers' | 'subject' | 'text' | 'html' | 'attachments'> {
  readonly recipients: readonly string[];
  readonly from: string | undefined;
  readonly to: readonly (string | undefined)[];
}

/** Sends what waits in the queue, and reads it as its recipients do. */
async function arrived(): Promise<Read[]> {
  const before = smtp.mails.length;
  for (const mail of await deliverMail(server.services)) await mailer.send(mail);
  return Promise.all(
    smtp.mails.slice(before).map(async ({ raw, to: recipients }) => {
      const { headers, subject, text, html, attachments, from, to } = await PostalMime.parse(
        Buffer.from(raw, 'latin1'),
      );
      return {
        recipients,
        headers,
        subject,
        text,
        html,
        attachments,
        from: from?.address,
        to: to?.map(({ address }) => address) ?? [],
      };
    }),
  );
}

/** Every mail into which a name of somebody's goes, or could: to members, to addresses that others gave, to its owner. */
async function mailsAbout(proof: Proof, name: string): Promise<Read[]> {
  const { db } = server.services;
  const transport = proof.pick(unbatchedTransports);
  const registered = newAddress();
  const stored = name.slice(0, 100);
  const made = await auth(server, transport, 'register', { email: registered, name, password: PASSWORD });
  // As the API takes it, or past it: older rows and other ways in are written with the same care.
  const setName = (where: { id: string } | { email: string }) =>
    db
      .updateTable('users')
      .set({ name: stored })
      .where((eb) => eb.and(where))
      .execute();
  if (made.code !== 'ok') {
    await auth(server, transport, 'register', { email: registered, name: 'Bob', password: PASSWORD });
    await setName({ email: registered });
  }
  const owner = await givenPerson(server.services);
  const id = await givenGroup(server.services, { owner });
  const member = await givenPerson(server.services);
  const headers = await server.as.person(owner);
  const taken = await callProcedure(server, transport, 'me.update', { name }, headers);
  const named = await callProcedure(server, transport, 'groups.update', { id, name }, headers);
  if (taken.code !== 'ok') await setName({ id: owner.id });
  if (named.code !== 'ok') await db.updateTable('groups').set({ name: stored }).where('id', '=', id).execute();
  for (const email of [newAddress(), member.email]) {
    await callProcedure(server, transport, 'members.add', { id, email, role: 'viewer' }, headers);
  }
  for (const procedure of ['forgotPassword', 'resendVerification']) {
    for (const email of [owner.email, registered]) await auth(server, transport, procedure, { email });
  }
  for (const email of [owner.email, registered]) {
    await auth(server, transport, 'register', { email, name: 'Bob', password: OTHER_PASSWORD });
  }
  return arrived();
}

/** A text without what is made anew for each mail, and its lines that hold what somebody typed. */
function partsOf(text: string): { ours: string; typed: string[] } {
  const lines = text.trimEnd().split('\n');
  const typed = lines.filter((line) => line.startsWith('    '));
  const ours = lines.map((line) => (line.startsWith('    ') ? '    …' : line)).join('\n');
  return { ours: ours.replaceAll(/token=[\w-]+|shared\/[\w-]+/g, '…'), typed: typed.map((line) => line.slice(4)) };
}

/** The texts of ours, as they are when everybody is called Bob. */
async function ourTexts(proof: Proof): Promise<Map<string, Set<string>>> {
  const texts = new Map<string, Set<string>>();
  for (const { subject = '', text = '' } of await mailsAbout(proof, 'Bob')) {
    texts.set(subject, (texts.get(subject) ?? new Set()).add(partsOf(text).ours));
  }
  return texts;
}

const HEADERS =
  'from to subject message-id content-transfer-encoding date mime-version content-type auto-submitted'.split(' ');
/** Of mails whose kind can be turned off (RFC 8058). */
const UNSUBSCRIBE = ['list-unsubscribe', 'list-unsubscribe-post'];
// No quotation mark, bracket, slash, colon, at sign or control character of any kind.
const PLAIN = /^[\p{L}\p{M}\p{N}\p{Emoji_Presentation}.,&+!?… -]{1,60}$|^\(a name that cannot be shown\)$/u;

function checkMail(proof: Proof, name: string, mail: Read, texts: Map<string, Set<string>>): void {
  const { headers, subject = '', text = '', html, attachments, recipients, from, to } = mail;
  const what = (fault: string) => () => `${JSON.stringify(name)}, “${subject}”: ${fault}`;
  const keys = headers.map(({ key }) => key);
  const own = keys.filter((key) => !UNSUBSCRIBE.includes(key));
  const isWhole =
    own.every((key) => HEADERS.includes(key)) && new Set(keys).size === keys.length && own.length === HEADERS.length;
  proof.check(isWhole, what(`headers ${keys.join()}`));
  const isOne = recipients.length === 1 && to.length === 1 && to[0] === recipients[0];
  proof.check(isOne && !String(to[0]).includes('evil'), what(`to ${to.join()} (${recipients.join()})`));
  proof.check(from === 'no-reply@promptory.example', what(`from ${from}`));
  proof.check(texts.has(subject) && subject.length <= 78, what('another subject'));
  proof.check(html === undefined && attachments.length === 0, what('it has another part'));
  const { ours, typed } = partsOf(text);
  proof.check(texts.get(subject)?.has(ours) === true, what(`our words are others:\n${ours}`));
  const foreign = (linkify.match(text) ?? []).filter(({ url }) => !url.startsWith(`${ORIGIN}/`));
  proof.check(foreign.length === 0, what(`links ${foreign.map(({ url }) => url).join()}`));
  proof.check(!TELEPHONE.test(text.replaceAll(/https:\S+/g, '')), what(`a number to call: ${typed.join()}`));
  for (const line of typed) proof.check(PLAIN.test(line), what(`it shows ${JSON.stringify(line)}`));
}

proves(
  'F6',
  'no name can say in a mail what we did not: of 80 hostile ones not one changes our words',
  async (proof) => {
    const texts = await ourTexts(proof);
    proof.check(texts.size >= 6, () => `${texts.size} kinds of mail`);
    for (const name of proof.sample(hostileNames, 20)) {
      const mails = await mailsAbout(proof, name);
      proof.works(mails.length >= 7, () => `${JSON.stringify(name)}: ${mails.length} mails`);
      for (const mail of mails) checkMail(proof, name, mail, texts);
    }
  },
);

proves('F6', 'a name without tricks stands in a mail as it is', async (proof) => {
  proof.atLeast(10);
  for (const [name, shown] of honestNames) {
    const owner = await givenPerson(server.services);
    const handle = `h-${newId().slice(-4)}-x`;
    await server.services.db.updateTable('users').set({ name, handle }).where('id', '=', owner.id).execute();
    const id = await givenGroup(server.services, { owner, name });
    const input = { id, email: newAddress(), role: 'viewer' };
    await callProcedure(server, 'REST', 'members.add', input, await server.as.person(owner));
    const [mail] = await arrived();
    const { typed } = partsOf(mail?.text ?? '');
    const expected = [shown, handle, shown];
    proof.works(typed.join() === expected.join(), () => `${name}: ${typed.join()}`);
  }
});

proves('F6', 'a handle that could be called or linked is not shown, nor a part of it', async (proof) => {
  proof.atLeast(5);
  for (const handle of ['1-800-555-0100', 'call-18005550100', 'bob-1234567', '0800-555-010-0', '12345678']) {
    const owner = await givenPerson(server.services);
    await server.services.db.updateTable('users').set({ handle }).where('id', '=', owner.id).execute();
    const id = await givenGroup(server.services, { owner, name: 'Team' });
    const input = { id, email: newAddress(), role: 'viewer' };
    await callProcedure(server, 'REST', 'members.add', input, await server.as.person(owner));
    const [mail] = await arrived();
    const { typed } = partsOf(mail?.text ?? '');
    proof.works(typed[1] === '(a name that cannot be shown)', () => `${handle}: ${typed.join()}`);
  }
});
