import { givenGroup, givenPerson, givenPrompt, PASSWORD, type Person } from '@promptory/api/testing';
import { newId } from '@promptory/db';
import { describe, expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';
import { type PlainBrowser, plainBrowser } from './plain-browser.ts';

const server = await givenApp();
const { services } = server;
const HOSTILE = '</bdi><img src=x onerror=alert(1)>"\'&amp;\u202e';

async function signedIn(person: Person): Promise<PlainBrowser> {
  const browser = plainBrowser(server);
  const form = (await browser.open('/sign-in')).form('Sign in');
  await browser.submit(form, { email: person.email, password: PASSWORD });
  return browser;
}

async function invited(person: Person): Promise<{ groupId: string; owner: Person }> {
  const owner = await givenPerson(services, { name: HOSTILE });
  const groupId = await givenGroup(services, { owner, name: HOSTILE });
  await services.db
    .insertInto('group_invitations')
    .values({ id: newId(), group_id: groupId, email: person.email, role: 'viewer', invited_by: owner.id })
    .execute();
  return { groupId, owner };
}

describe('what is shared', () => {
  it('shows an invitation, and enters the group where it is accepted', async () => {
    const person = await givenPerson(services);
    const { groupId, owner } = await invited(person);
    const browser = await signedIn(person);
    const page = await browser.open('/shared');
    expect(page.text).toContain(`(${owner.handle})`);
    const group = await browser.submit(page.form('Accept'));
    expect([group.url, group.status, group.heading]).toEqual([`/shared/${groupId}`, 200, 'A group of prompts']);
    expect(group.text).toContain('You are its viewer.');
    const list = await browser.open('/shared');
    expect(list.links).toContain(`/shared/${groupId}`);
    expect(list.text).toContain('Nobody waits for an answer of yours.');
    // The page from before still has its button.
    const again = await browser.submit(page.form('Decline'));
    expect([again.status, again.text]).toEqual([404, expect.stringContaining('was answered already')]);
  });

  it('leaves the group closed where an invitation is declined', async () => {
    const person = await givenPerson(services);
    const { groupId } = await invited(person);
    const browser = await signedIn(person);
    const page = await browser.submit((await browser.open('/shared')).form('Decline'));
    expect([page.url, page.text]).toEqual(['/shared', expect.stringContaining('Nobody waits')]);
    const group = await browser.open(`/shared/${groupId}`);
    expect([group.status, group.text]).toEqual([404, expect.stringContaining('not shared with you')]);
    expect(group.links).toContain('/shared');
  });

  it('says of a group with more prompts than a page how many it shows, and nothing of one that is shown whole', async () => {
    const owner = await givenPerson(services);
    const titles = Array.from({ length: 51 }, (_, at) => `Prompt ${at}`);
    const promptIds: string[] = [];
    for (const title of titles) promptIds.push((await givenPrompt(services, owner, title)).id);
    const member = await givenPerson(services);
    const large = await givenGroup(services, { owner, viewers: [member], promptIds });
    const whole = await givenGroup(services, { owner, viewers: [member], promptIds: promptIds.slice(0, 2) });
    const browser = await signedIn(member);
    const page = await browser.open(`/shared/${large}`);
    expect(page.text).toContain('The first 50 of 51.');
    expect((await browser.open(`/shared/${whole}`)).text).not.toContain('The first');
  });

  it('shows names and titles as text, whatever was typed', async () => {
    const owner = await givenPerson(services, { name: HOSTILE });
    const { id } = await givenPrompt(services, owner, HOSTILE, { description: HOSTILE });
    const member = await givenPerson(services);
    const groupId = await givenGroup(services, { owner, name: HOSTILE, viewers: [member], promptIds: [id] });
    const browser = await signedIn(member);
    for (const url of ['/shared', `/shared/${groupId}`]) {
      const page = await browser.open(url);
      expect(page.status).toBe(200);
      expect(page.html).not.toMatch(/<img|<\/bdi><\/bdi>/);
      expect(page.html).toContain(
        '<bdi>&lt;/bdi&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;amp;\u202e</bdi>',
      );
    }
  });

  it.each(['x', newId(), '%00', '..%2f..%2fdocs', "'--"])('is nothing at %s, and says so', async (id) => {
    const browser = await signedIn(await givenPerson(services));
    const page = await browser.open(`/shared/${id}`);
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.status).toBeLessThan(500);
    expect(page.links).toContain('/shared');
  });
});

describe('a form from elsewhere', () => {
  const foreign = [
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'null', 'sec-fetch-site': 'cross-site' },
    { origin: 'null', 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example' },
    { origin: 'https://promptory.example.evil.example' },
    { origin: 'http://promptory.example' },
    { origin: 'null' },
    {},
  ];

  it.each(foreign)(
    'answers no invitation and ends no session with the cookie of who looks at it: %j',
    async (headers) => {
      const person = await givenPerson(services);
      const { groupId } = await invited(person);
      const browser = await signedIn(person);
      const page = await browser.open('/shared');
      for (const button of ['Accept', 'Decline', 'Sign out']) {
        await browser.submit(page.form(button), {}, headers as Record<string, string>);
      }
      expect((await browser.open('/shared')).forms.map(({ button }) => button)).toContain('Accept');
      expect((await browser.open(`/shared/${groupId}`)).status).toBe(404);
    },
  );

  it.each(foreign.slice(0, -1))('signs nobody in: %j', async (headers) => {
    const person = await givenPerson(services);
    const browser = plainBrowser(server);
    for (const url of ['/sign-in', '/register']) {
      const [form] = (await browser.open(url)).forms;
      if (form === undefined) throw new Error('There is no form.');
      const typed = { email: person.email, password: PASSWORD, ...(url === '/register' ? { name: 'Ann' } : {}) };
      const page = await browser.submit(form, typed, headers as Record<string, string>);
      expect(page.status).toBeGreaterThanOrEqual(400);
      expect(browser.isSignedIn).toBe(false);
    }
  });

  it.each([
    ['application/json', '{"email":"a@example.com"}'],
    ['text/plain', 'email=a@example.com'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/x-www-form-urlencoded', `email=${'a'.repeat(20_000)}`],
    ['application/x-www-form-urlencoded', Array.from({ length: 100 }, (_, at) => `f${at}=1`).join('&')],
  ])('is refused by a page where it is of another kind: %s', async (type, payload) => {
    const headers = { 'content-type': type, 'sec-fetch-site': 'same-origin' };
    const answer = await server.call({ method: 'POST', url: '/forgot-password', headers, payload });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.statusCode).toBeLessThan(500);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  });
});

it('takes forms of twenty fields, and of none more', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
  for (const [fields, status] of [
    [20, 202],
    [21, 400],
  ] as const) {
    const more = Array.from({ length: fields - 1 }, (_, at) => `&f${at}=1`).join('');
    const payload = `email=ann%40promptory.example${more}`;
    const { statusCode } = await server.call({ method: 'POST', url: '/forgot-password', headers, payload });
    expect([fields, statusCode]).toEqual([fields, status]);
  }
});

it('takes forms up to 16 KiB, also of whoever is signed in', async () => {
  const headers = { origin: 'https://promptory.example', 'sec-fetch-site': 'same-origin' };
  for (const [bytes, status] of [
    [16_384, 200],
    [16_385, 413],
  ] as const) {
    const browser = await signedIn(await givenPerson(services));
    const fields = { more: 'a'.repeat(bytes - 'more='.length) };
    const form = { ...(await browser.open('/shared')).form('Sign out'), fields };
    const page = await browser.submit(form, {}, headers);
    expect([bytes, page.status]).toEqual([bytes, status]);
  }
});

it('goes on by itself from a mail that is read on another site, where the cookie counts again', async () => {
  const browser = await signedIn(await givenPerson(services));
  const page = await browser.open('/shared', { 'sec-fetch-site': 'cross-site' });
  expect([page.status, page.heading]).toEqual([200, 'One moment']);
  expect(page.html).toContain('<meta http-equiv="refresh" content="0; url=/shared">');
  expect(page.links).toContain('/shared');
  expect((await plainBrowser(server).open('/shared', { 'sec-fetch-site': 'cross-site' })).heading).toBe('Sign in');
});

describe('an address that there is not', () => {
  const asBrowser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

  it.each([
    ['/nowhere', 404, 'There is nothing at this address'],
    ['/prompts/x/y/z', 404, 'There is nothing at this address'],
    ['/auth/login', 405, 'This address is for programs'],
  ])('is a page for a browser, and a problem for a program: %s', async (url, status, words) => {
    const page = await plainBrowser(server).open(url, asBrowser);
    expect([page.status, page.heading]).toEqual([status, 'That is not possible']);
    expect(page.text).toContain(words);
    expect(page.links).toEqual(expect.arrayContaining(['/shared', '/docs']));
    expect(page.headers.vary).toContain('accept');
    for (const accept of ['*/*', 'application/json', 'text/css,*/*;q=0.1']) {
      const { statusCode, headers } = await server.call({ url, headers: { accept } });
      expect([statusCode, headers['content-type']]).toEqual([status, expect.stringContaining('problem+json')]);
    }
  });

  it('says below what is wrong, or says it at once where nothing is below', async () => {
    const browser = await signedIn(await givenPerson(services));
    const page = await browser.open('/shared/xyz');
    expect(page.status).toBe(400);
    expect(page.text).toContain('There is nothing at this address');
    const form = (await browser.open('/register')).form('Make an account');
    const typed = { email: 'x', name: 'Ann', password: 'a long and quiet river' };
    expect((await browser.submit(form, typed)).text).toContain('see below.');
  });
});
