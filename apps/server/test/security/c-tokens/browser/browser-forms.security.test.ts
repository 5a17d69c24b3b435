import { givenGroup, givenPerson, newAddress, PASSWORD, type Person } from '@promptory/api/testing';
import { newId } from '@promptory/db';
import { givenApp } from '../../../harness/boot.ts';
import { takeChanges, watchRows } from '../../../harness/row-changes.ts';
import type { Headers } from '../../../harness/transports.ts';
import { type PageForm, type PlainBrowser, plainBrowser } from '../../../pages/plain-browser.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import { foreignOrigins } from './forged-requests.ts';

// The pages of the server send forms, which the pages of other sites can send too, with the cookie of who looks at them.

const server = await givenApp();
await watchRows(server.database);

// No browser says so of another page: it is what it says of ours, whose origin `Referrer-Policy: no-referrer` hides.
const { 'Origin null, same-origin': ownForm, ...others } = foreignOrigins;
const shapes = Object.entries(others);

/** A cookie acts, or is set, whoever's it is. */
const cookieForms = ['Accept', 'Decline', 'Sign out', 'Sign in', 'Make an account'] as const;
type Button = (typeof cookieForms)[number];

interface Forms {
  readonly browser: PlainBrowser;
  readonly person: Person;
  readonly of: Readonly<Record<Button, PageForm>>;
}

async function givenForms(): Promise<Forms> {
  const { services } = server;
  const [owner, person] = [await givenPerson(services), await givenPerson(services)];
  const groupId = await givenGroup(services, { owner });
  await services.db
    .insertInto('group_invitations')
    .values({ id: newId(), group_id: groupId, email: person.email, role: 'viewer', invited_by: owner.id })
    .execute();
  const browser = plainBrowser(server);
  const signIn = (await browser.open('/sign-in')).form('Sign in');
  const shared = await browser.submit(signIn, { email: person.email, password: PASSWORD });
  return {
    browser,
    person,
    of: {
      Accept: shared.form('Accept'),
      Decline: shared.form('Decline'),
      'Sign out': shared.form('Sign out'),
      'Sign in': signIn,
      'Make an account': (await browser.open('/register')).form('Make an account'),
    },
  };
}

const typedInto = (button: Button, { person }: Forms): Record<string, string> => {
  if (button === 'Sign in') return { email: person.email, password: PASSWORD };
  return button === 'Make an account' ? { email: newAddress(), name: 'Ann', password: PASSWORD } : {};
};

async function checkForeign(proof: Proof, what: string, headers: Headers): Promise<void> {
  for (const button of cookieForms) {
    const forms = await givenForms();
    const typed = typedInto(button, forms);
    if (typed.email === undefined) {
      await takeChanges(server.database);
      await forms.browser.submit(forms.of[button], typed, headers);
      const changes = (await takeChanges(server.database)).map(({ table }) => table);
      const effects = changes.filter((table) => ['sessions', 'group_members', 'group_invitations'].includes(table));
      proof.check(effects.length === 0, () => `${button}, ${what}: ${effects.join()}`);
    } else {
      // What says no more than that is no browser, and types what it knows.
      if (what === 'Referer alone') continue;
      const stranger = plainBrowser(server);
      await stranger.submit(forms.of[button], typed, headers);
      proof.check(!stranger.isSignedIn, () => `${button}, ${what}: it is signed in`);
    }
  }
}

proves('C4', 'no page of another site has a form of ours act with a cookie, or set one', async (proof) => {
  for (const [what, headers] of proof.sample(shapes, 6)) await checkForeign(proof, what, headers);
  for (const button of cookieForms) {
    const forms = await givenForms();
    const browser = typedInto(button, forms).email === undefined ? forms.browser : plainBrowser(server);
    const page = await browser.submit(forms.of[button], typedInto(button, forms), { ...ownForm });
    proof.works(page.status === 200, () => `${button}: ${page.status} ${page.text}`);
  }
});
