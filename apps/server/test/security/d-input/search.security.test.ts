import { newId } from '@promptory/db';
import { givenApp } from '../../harness/boot.ts';
import { givenWorld } from '../../harness/given-world.ts';
import { callProcedure, type Input, transports } from '../../harness/transports.ts';
import { proves } from '../harness/proof.ts';

const server = await givenApp();
const world = await givenWorld(server);

/** Marks that mean something to LIKE, to a regular expression or to text search, and their full-width forms. */
const MARKS = [
  '%',
  '_',
  '\\',
  '％',
  '＿',
  '＼',
  '%%',
  '__',
  '\\\\',
  '%_',
  '\\%',
  '＼％',
  '*',
  '?',
  '.*',
  '[',
  '(',
  '|',
  '^',
  '$',
];
/** What has none of them. */
const PLAIN = 'Plainword';

// Full-width forms are the same marks, as capitals are the same letters.
const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

/** The names that a list gives for what is searched. */
interface Searched {
  readonly procedure: string;
  readonly more: Input;
  readonly nameOf: (item: Record<string, unknown>) => unknown;
  readonly make: (name: string) => Promise<void>;
}

const made = async (procedure: string, input: Input): Promise<void> => {
  const { code } = await callProcedure(server, 'REST', procedure, input, await world.headersOf('owner'));
  if (code !== 'ok') throw new Error(`${procedure} answered ${code}.`);
};

const searched: readonly Searched[] = [
  {
    procedure: 'prompts.list',
    more: {},
    nameOf: ({ title }) => title,
    make: (title) =>
      made('prompts.create', { title, content: 'Nothing', tags: [title], category: title, isTemplate: true }),
  },
  { procedure: 'prompts.templates', more: {}, nameOf: ({ title }) => title, make: async () => undefined },
  { procedure: 'tags.list', more: {}, nameOf: ({ name }) => name, make: async () => undefined },
  { procedure: 'categories.list', more: {}, nameOf: ({ name }) => name, make: async () => undefined },
  { procedure: 'groups.list', more: {}, nameOf: ({ name }) => name, make: (name) => made('groups.create', { name }) },
  {
    procedure: 'admin.users.list',
    more: {},
    nameOf: ({ name, email, handle }) => `${name} ${email} ${handle}`,
    make: async (name) => {
      const id = newId();
      await server.services.db
        .insertInto('users')
        .values({ id, email: `${id}@example.com`, handle: `u-${id.slice(-12)}`, name, role: 'user', status: 'active' })
        .execute();
    },
  },
];

proves('D4', 'a search for %, _, \\ or any other mark, in either width, finds just what has it', async (proof) => {
  for (const mark of MARKS) for (const { make } of searched) await make(`a${mark}b`);
  for (const { make } of searched) await make(PLAIN);
  const searches = searched.flatMap((search) => MARKS.map((mark) => ({ ...search, mark })));
  let found = 0;
  for (const { procedure, more, nameOf, mark } of proof.sample(searches)) {
    for (const transport of transports) {
      const headers = await world.headersOf(procedure.startsWith('admin.') ? 'admin' : 'owner');
      const { code, result } = await callProcedure(
        server,
        transport,
        procedure,
        { ...more, q: mark, limit: 100 },
        headers,
      );
      const names = (Object(result).items ?? []).map(nameOf).map(String) as string[];
      found += names.length;
      const strange = names.filter((name) => !folded(name).includes(folded(mark)));
      // Both widths of a mark are one name of a category or tag, which is shown as it was first written.
      const missing = !names.some((name) => folded(name).includes(folded(`a${mark}b`)));
      proof.works(
        code === 'ok' && strange.length === 0 && !missing,
        () =>
          `${procedure} by ${transport} for ${mark}: ${code}, ${strange.length} strange (${strange.slice(0, 3)})${missing ? ', not its own' : ''}`,
      );
    }
  }
  proof.remark(`${found} names found, each with the mark that was searched for`);
});
