import { authenticatorOf, deliverMail, givenPerson, newAddress, PASSWORD, tokenIn } from '@promptory/api/testing';
import { describe, expect, it } from 'vitest';
import { type BootedApp, bootApp, givenApp } from '../harness/boot.ts';
import { callProcedure } from '../harness/transports.ts';
import { plainBrowser, type ShownPage } from './plain-browser.ts';

const server = await givenApp();
const strict = await givenApp({ settings: { requireEmailVerification: true } });
const NEW_PASSWORD = 'another seven kettles sing';

const inWords = ({ status, heading, text }: ShownPage) => ({ status, heading, text });

async function signIn(at: BootedApp, email: string, password: string): Promise<ShownPage> {
  const browser = plainBrowser(at);
  return browser.submit((await browser.open('/sign-in')).form('Sign in'), { email, password });
}

it.each(['/register', '/forgot-password', '/resend-verification'])(
  'a page that is led to with an address has it typed already: %s',
  async (path) => {
    const { forms } = await plainBrowser(server).open(`${path}?email=ann%40promptory.example`);
    expect(forms.map(({ fields }) => fields.email)).toContain('ann@promptory.example');
  },
);

describe('the page to sign in', () => {
  it('signs in by a cookie, and leads to what is shared', async () => {
    const person = await givenPerson(server.services);
    const browser = plainBrowser(server);
    const form = (await browser.open('/sign-in')).form('Sign in');
    const wrong = await browser.submit(form, { email: person.email, password: 'not this one at all' });
    expect(inWords(wrong)).toMatchObject({ status: 401, text: expect.stringContaining('password is not right') });
    expect(wrong.form('Sign in').fields).toMatchObject({ email: person.email, password: '' });
    const page = await browser.submit(wrong.form('Sign in'), { password: PASSWORD });
    expect([page.url, page.status, page.heading]).toEqual(['/shared', 200, 'What is shared with you']);
    const left = await browser.submit(page.form('Sign out'));
    expect([left.heading, browser.isSignedIn]).toEqual(['Sign in', false]);
    expect((await browser.open('/shared')).heading).toBe('Sign in');
  });

  it('asks for the second factor of an account that has one', async () => {
    const person = await givenPerson(server.services);
    const headers = await server.as.person(person);
    const totp = async (name: string, input: Record<string, unknown>) =>
      (await callProcedure(server, 'REST', `auth.totp.${name}`, input, headers)).result as { setupKey: string };
    const { setupKey } = await totp('start', { currentPassword: PASSWORD });
    const code = () => authenticatorOf(setupKey).codeAt(server.services.clock.now());
    await totp('confirm', { code: await code() });
    server.services.clock.advance(60_000);
    const browser = plainBrowser(server);
    const first = (await browser.open('/sign-in')).form('Sign in');
    const asked = await browser.submit(first, { email: person.email, password: PASSWORD });
    expect(inWords(asked)).toMatchObject({ status: 401, text: expect.stringContaining('second factor') });
    expect(asked.html).toContain('<details open>');
    const done = await browser.submit(asked.form('Sign in'), { password: PASSWORD, code: await code() });
    expect(done.heading).toBe('What is shared with you');
  });

  it.each(['//evil.example', 'https://evil.example/', '/shared/../docs', '/shared/x', '/docs', '/shared?x=//e'])(
    'goes nowhere but to pages of ours, and not to %s',
    async (next) => {
      const person = await givenPerson(server.services);
      const browser = plainBrowser(server);
      const form = (await browser.open(`/sign-in?next=${encodeURIComponent(next)}`)).form('Sign in');
      const forged = { ...form, fields: { ...form.fields, next } };
      const page = await browser.submit(forged, { email: person.email, password: PASSWORD });
      expect(page.url).toBe('/shared');
    },
  );

  it('says what is wrong beside the field, and sends what was typed back as text', async () => {
    const page = await signIn(server, '"><script>alert(1)</script>', PASSWORD);
    expect(page.status).toBe(400);
    expect(page.html).not.toContain('<script');
    expect(page.html).toContain('aria-invalid="true"');
    expect(page.form('Sign in').fields.email).toBe('"><script>alert(1)</script>');
  });

  it('says how long to wait where somebody tries too often', async () => {
    const limited = await bootApp({ limits: { login: { calls: 1, seconds: 900 } } });
    const { email } = await givenPerson(limited.services);
    await signIn(limited, email, 'not this one at all');
    const page = await signIn(limited, email, PASSWORD);
    await limited.close();
    expect(inWords(page)).toMatchObject({ status: 429, text: expect.stringMatching(/Wait 1[56] minutes/) });
    expect(Number(page.headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('the page to register', () => {
  it('makes an account and signs it in', async () => {
    const browser = plainBrowser(server);
    const form = (await browser.open('/register')).form('Make an account');
    const weak = await browser.submit(form, { email: newAddress(), name: 'Ann', password: '1234567890' });
    expect(inWords(weak)).toMatchObject({ status: 400, text: expect.stringContaining('not a common one') });
    const page = await browser.submit(weak.form('Make an account'), { password: NEW_PASSWORD });
    expect([page.url, page.heading]).toEqual(['/shared', 'What is shared with you']);
  });

  it('says the same of a known address as of a new one where addresses must be verified', async () => {
    const known = await givenPerson(strict.services);
    const pages = await Promise.all(
      [known.email, newAddress()].map(async (email) => {
        const browser = plainBrowser(strict);
        const form = (await browser.open('/register')).form('Make an account');
        const page = await browser.submit(form, { email, name: 'Ann', password: NEW_PASSWORD });
        return { status: page.status, html: page.html.replaceAll(email, '…'), isSignedIn: browser.isSignedIn };
      }),
    );
    expect(pages[0]).toEqual(pages[1]);
    expect(pages[0]).toMatchObject({ status: 202, isSignedIn: false });
  });

  it.each([
    [{ mode: 'closed' }, 'There are no new accounts here', false],
    [{ mode: 'invitation' }, 'Make an account', true],
    [{ mode: 'domains', domains: ['example.org'] }, 'Make an account', true],
  ] as const)('keeps to the setting of registration: %j', async (registration, heading, hasForm) => {
    const server = await bootApp({ settings: { registration, requireEmailVerification: true } });
    const page = await plainBrowser(server).open('/register');
    expect([page.heading, page.forms.length > 0]).toEqual([heading, hasForm]);
    const fields = { email: newAddress(), name: 'Ann', password: NEW_PASSWORD };
    const sent = await plainBrowser(server).submit({ action: '/register', fields, button: '' });
    expect(sent.status).toBe(registration.mode === 'invitation' ? 202 : 403);
    await server.close();
  });
});

describe('the pages behind links in mails', () => {
  async function mailedTo(email: string, at = strict): Promise<string> {
    const mail = (await deliverMail(at.services)).find(({ to }) => to === email);
    return tokenIn(mail);
  }

  it('confirm an address by the password, and let who registered sign in', async () => {
    const browser = plainBrowser(strict);
    const email = newAddress();
    const form = (await browser.open('/register')).form('Make an account');
    await browser.submit(form, { email, name: 'Ann', password: NEW_PASSWORD });
    const early = await signIn(strict, email, NEW_PASSWORD);
    expect(inWords(early)).toMatchObject({ status: 403, text: expect.stringContaining('not confirmed yet') });
    await mailedTo(email);
    expect((await browser.submit(early.form('Mail me the link again'))).status).toBe(202);
    const page = await browser.open(`/verify-email?token=${await mailedTo(email)}`);
    const wrong = await browser.submit(page.form('Confirm'), { password: 'not this one at all' });
    expect(inWords(wrong)).toMatchObject({ status: 401, text: expect.stringContaining('not right') });
    const done = await browser.submit(wrong.form('Confirm'), { password: NEW_PASSWORD });
    expect([done.status, done.heading, done.url]).toEqual([200, 'Your address is confirmed', '/verify-email']);
    expect((await signIn(strict, email, NEW_PASSWORD)).heading).toBe('What is shared with you');
  });

  it('let who did not register set a password of their own as they confirm', async () => {
    const browser = plainBrowser(strict);
    const email = newAddress();
    const form = (await browser.open('/register')).form('Make an account');
    await browser.submit(form, { email, name: 'Ann', password: 'the password of a squatter' });
    const page = await browser.open(`/verify-email?token=${await mailedTo(email)}`);
    const weak = await browser.submit(page.form('Set it, and confirm'), { newPassword: '1234567890' });
    expect(inWords(weak)).toMatchObject({ status: 400, text: expect.stringContaining('not a common one') });
    const done = await browser.submit(weak.form('Set it, and confirm'), { newPassword: NEW_PASSWORD });
    expect(done.heading).toBe('Your address is confirmed');
    expect((await signIn(strict, email, 'the password of a squatter')).status).toBe(401);
    expect((await signIn(strict, email, NEW_PASSWORD)).heading).toBe('What is shared with you');
  });

  it('say where an address was registered twice that no password counts, and take one', async () => {
    const email = newAddress();
    const typed = ['the password typed first', 'the password typed then'];
    for (const password of typed) {
      const browser = plainBrowser(strict);
      await browser.submit((await browser.open('/register')).form('Make an account'), { email, name: 'Ann', password });
    }
    // Both mails are written after both calls, as where somebody presses the button twice.
    const links = (await deliverMail(strict.services)).filter(({ to }) => to === email).map(tokenIn);
    expect(links).toHaveLength(2);
    const browser = plainBrowser(strict);
    const page = await browser.open(`/verify-email?token=${links[0]}`);
    expect(inWords(page)).toMatchObject({
      heading: 'Choose your password',
      text: expect.stringContaining('more than once, so no password given so far counts'),
    });
    expect(page.html).not.toContain('name="password"');
    const fields = { token: links[0] ?? '', password: typed[1] ?? '' };
    const refused = await browser.submit({ action: '/verify-email', fields, button: '' });
    expect(inWords(refused)).toMatchObject({ status: 401, heading: 'Choose your password' });
    const second = await browser.open(`/reset-password?token=${links[1]}`);
    expect(second.heading).toBe('Choose a new password');
    const done = await browser.submit(page.form('Set it, and confirm'), { newPassword: NEW_PASSWORD });
    expect(done.heading).toBe('Your address is confirmed');
    expect((await signIn(strict, email, NEW_PASSWORD)).heading).toBe('What is shared with you');
    expect((await browser.open(`/reset-password?token=${links[1]}`)).heading).toBe('This link does not work any more');
  });

  it('move an account to its new address by its password alone', async () => {
    const person = await givenPerson(strict.services);
    const email = newAddress();
    const headers = await strict.as.person(person);
    await callProcedure(strict, 'REST', 'me.update', { email, currentPassword: PASSWORD }, headers);
    const browser = plainBrowser(strict);
    const page = await browser.open(`/verify-email?token=${await mailedTo(email)}`);
    expect(inWords(page)).toMatchObject({ heading: 'Confirm your new address', text: expect.stringContaining(email) });
    expect(page.forms.map(({ fields }) => Object.keys(fields))).toEqual([['token', 'password']]);
    const wrong = await browser.submit(page.form('Use this address'), { password: 'not this one at all' });
    expect(inWords(wrong)).toMatchObject({ status: 401, heading: 'Confirm your new address' });
    const done = await browser.submit(wrong.form('Use this address'), { password: PASSWORD });
    expect([done.status, done.heading]).toEqual([200, 'Your new address is confirmed']);
    expect((await signIn(strict, email, PASSWORD)).heading).toBe('What is shared with you');
  });

  it('choose a new password, once', async () => {
    const { email } = await givenPerson(strict.services);
    const browser = plainBrowser(strict);
    const asked = await browser.submit((await browser.open('/forgot-password')).form('Mail me a link'), { email });
    expect(asked.status).toBe(202);
    const link = `/reset-password?token=${await mailedTo(email)}`;
    const page = await browser.open(link);
    const done = await browser.submit(page.form('Change password'), { password: NEW_PASSWORD });
    expect([done.status, done.heading]).toEqual([200, 'Your password is changed']);
    const again = await browser.submit(page.form('Change password'), { password: PASSWORD });
    expect([again.status, again.heading]).toEqual([400, 'This link does not work any more']);
    expect((await browser.open(link)).heading).toBe('This link does not work any more');
    expect((await signIn(strict, email, NEW_PASSWORD)).heading).toBe('What is shared with you');
  });

  it.each(['/forgot-password', '/resend-verification'])('%s says the same of every address', async (path) => {
    const { email } = await givenPerson(strict.services);
    const pages = await Promise.all(
      [email, newAddress()].map(async (address) => {
        const browser = plainBrowser(strict);
        const form = (await browser.open(path)).form('Mail me a link');
        const { status, html } = await browser.submit(form, { email: address });
        return { status, html: html.replaceAll(address, '…') };
      }),
    );
    expect(pages[0]).toEqual(pages[1]);
  });

  it('spend nothing when they are opened, also by what follows links in mails', async () => {
    const { email } = await givenPerson(strict.services);
    const browser = plainBrowser(strict);
    await browser.submit((await browser.open('/forgot-password')).form('Mail me a link'), { email });
    const link = `/reset-password?token=${await mailedTo(email)}`;
    for (let times = 0; times < 3; times += 1)
      expect((await browser.open(link, {})).heading).toBe('Choose a new password');
  });

  it.each(['', '?token=', '?token=x&token=y', '?token[]=x', `?token=${'x'.repeat(500)}`, '?token=%00%22%3E%3Cb%3E'])(
    'offer another link where theirs is none: %s',
    async (query) => {
      for (const path of ['/verify-email', '/reset-password']) {
        const page = await plainBrowser(strict).open(path + query);
        expect([page.status, page.heading]).toEqual([200, 'This link does not work any more']);
        expect(page.form('Mail me a link').fields).toEqual({ email: '' });
      }
    },
  );

  it('keep tokens and passwords out of the log', async () => {
    const logging = await bootApp({ log: true, settings: { requireEmailVerification: true } });
    const { email } = await givenPerson(logging.services);
    const browser = plainBrowser(logging);
    await browser.submit((await browser.open('/forgot-password')).form('Mail me a link'), { email });
    const token = await mailedTo(email, logging);
    const page = await browser.open(`/reset-password?token=${token}`);
    await browser.submit(page.form('Change password'), { password: NEW_PASSWORD });
    await logging.close();
    const lines = logging.logged.join('\n');
    expect(lines).toContain('/reset-password');
    for (const secret of [token, NEW_PASSWORD, NEW_PASSWORD.replaceAll(' ', '+')]) expect(lines).not.toContain(secret);
  });
});
