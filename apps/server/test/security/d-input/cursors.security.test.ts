import { encodeCursor } from '@promptory/db';
import { givenApp } from '../../harness/boot.ts';
import { callProcedure, type Transport, transportsOf } from '../../harness/transports.ts';
import type { Caller } from '../../harness/world-callers.ts';
import { inParallel } from '../harness/in-parallel.ts';
import { type Proof, proves } from '../harness/proof.ts';
import { type Opened, openLists, otherFilters, tampered, turnPage, withPartsOf } from './cursors.ts';

const server = await givenApp();
const { world, opened } = await openLists(server);

type Page = Opened & { readonly what: string };

// A batch with what proves who one is, is refused before its cursor is looked at.
const transportFor = (proof: Proof, { procedure }: Opened): Transport => proof.pick(transportsOf(procedure)) ?? 'REST';

/** Turns each page and demands the refusal. */
async function refusesAll(proof: Proof, pages: readonly Page[]): Promise<void> {
  await inParallel(pages, 8, async (page) => {
    const transport = transportFor(proof, page);
    const { code, status } = await turnPage(server, world, transport, page);
    const isRefused = status === 400 && (code === 'request.cursor_invalid' || code === 'request.invalid');
    proof.check(
      isRefused,
      () => `${page.procedure} by ${transport} took ${page.what}: ${status} ${code} · ${page.cursor.slice(0, 120)}`,
    );
  });
}

/** Every cursor still opens its own next page: what was refused was refused for what was done to it. */
async function stillOpen(proof: Proof): Promise<void> {
  for (const page of opened) {
    const { code } = await turnPage(server, world, transportFor(proof, page), page);
    proof.works(code === 'ok', () => `${page.procedure} refuses its own cursor: ${code}`);
  }
}

proves(
  'D4',
  '1,000 cursors that were changed, cut, lengthened, forged or made with another key are 400',
  async (proof) => {
    const pages = Array.from({ length: proof.share(1_000) }, (): Page => {
      const page = proof.pick(opened as [Opened, ...Opened[]]);
      return { ...page, cursor: tampered(proof, page.cursor), what: 'a changed cursor' };
    });
    await refusesAll(proof, pages);
    await stillOpen(proof);
  },
);

/** Others who may ask the same. */
const OTHERS: readonly Caller[] = ['editor', 'viewer', 'admin', 'stranger', 'group key', 'other group key'];

proves('D4', 'the cursor of another list, question, order, caller or key of the server is 400', async (proof) => {
  const lists = proof.sample(opened, 6);
  const pages = lists.flatMap((page): Page[] => [
    ...opened
      .filter(({ procedure, cursor }) => cursor !== page.cursor && isOther(procedure, page.procedure))
      .flatMap((other): Page[] => [
        { ...page, cursor: other.cursor, what: `the cursor of ${other.procedure}` },
        ...withPartsOf(page.cursor, other.cursor).map(
          (cursor): Page => ({ ...page, cursor, what: `parts of the cursor of ${other.procedure}` }),
        ),
      ]),
    ...(otherFilters[page.procedure] ?? []).flatMap((filter): Page[] =>
      Object.entries(filter).every(([name, value]) => page.input[name] === value)
        ? []
        : [
            {
              ...page,
              input: { ...page.input, ...filter },
              what: `the cursor of another question than ${JSON.stringify(filter)}`,
            },
          ],
    ),
    ...['another', ''].map((secret): Page => {
      const cursor = encodeCursor(
        `${secret} key of the server`,
        JSON.stringify([page.procedure, world.people.alice.id, null, {}]),
        [server.services.clock.now().toISOString(), world.shared],
      );
      return { ...page, cursor, what: 'a cursor made with another key' };
    }),
  ]);
  await refusesAll(proof, pages);
  const everybodys = opened.filter(({ procedure, caller }) => caller === 'owner' && isForEverybody(procedure));
  await refusesAll(
    proof,
    everybodys.flatMap((page) =>
      OTHERS.map((caller): Page => ({ ...page, caller, what: `the cursor of another than ${caller}` })),
    ),
  );
  await stillOpen(proof);
});

// One list under two names: a page of templates is a page of prompts that are templates.
const isOther = (one: string, another: string): boolean => one !== another || one === 'prompts.list';
const isForEverybody = (procedure: string): boolean =>
  [
    'prompts.list',
    'prompts.templates',
    'categories.list',
    'tags.list',
    'groups.list',
    'favorites.list',
    'library.list',
    'history.list',
  ].includes(procedure);

/** What a page's last item is sorted by, and what it is: whatever of it could be found in a cursor. */
const orderValues = (item: unknown): string[] =>
  Object.values(Object(item)).flatMap((value): string[] => (typeof value === 'string' && value !== '' ? [value] : []));

/** Whether a cursor shows a value as it is, or within its bytes. */
const shows = (cursor: string, value: string): boolean =>
  cursor.includes(value) || Buffer.from(cursor, 'base64url').toString('latin1').includes(value);

proves('D4', 'a cursor shows nothing of what it holds, such as how often a prompt was used', async (proof) => {
  proof.atLeast(80);
  const { alice } = world.people;
  const uses = 48_151_623;
  await server.services.db
    .insertInto('prompt_totals')
    .values([world.shared, world.second].map((prompt_id) => ({ prompt_id, uses })))
    .onConflict((conflict) => conflict.column('prompt_id').doUpdateSet({ uses }))
    .execute();
  for (const { procedure, input, caller } of opened) {
    for (const transport of transportsOf(procedure)) {
      const headers = await world.headersOf(caller);
      const answers = [1, 2, 3, 4].map(() => callProcedure(server, transport, procedure, input, headers));
      const pages = (await Promise.all(answers)).map(({ result }) => Object(result));
      const cursors = pages.map(({ nextCursor }) => String(nextCursor));
      const values = [...pages[0].items.flatMap(orderValues), String(uses), alice.id, '":', '["'];
      // Two letters stand by chance in one of a thousand ciphers; what is written openly stands in each.
      const read = values.find((value) => cursors.every((cursor) => shows(cursor, value)));
      proof.check(read === undefined, () => `${procedure} by ${transport} shows ${read}`);
      // Else it would tell whether the prompt was used meanwhile.
      const distinct = new Set(cursors).size;
      proof.works(distinct === cursors.length, () => `${procedure} by ${transport}: the same cursor twice`);
    }
  }
});
