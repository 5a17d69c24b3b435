import { encodeCursor } from '@promptory/db';
import { givenApp } from '../../harness/boot.ts';
import { type Transport, transportsOf } from '../../harness/transports.ts';
import type { Caller } from '../../harness/world-callers.ts';
import { inParallel } from '../harness/in-parallel.ts';
import { type Proof, proves } from '../harness/proof.ts';
import { type Opened, openLists, otherFilters, tampered, turnPage, withMacOf } from './cursors.ts';

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
    proof.check(code === 'ok', () => `${page.procedure} refuses its own cursor: ${code}`);
  }
}

proves('D4', '1,000 cursors that were changed, cut, lengthened, forged or signed otherwise are 400', async (proof) => {
  const pages = Array.from({ length: proof.share(1_000) }, (): Page => {
    const page = proof.pick(opened as [Opened, ...Opened[]]);
    return { ...page, cursor: tampered(proof, page.cursor), what: 'a changed cursor' };
  });
  await refusesAll(proof, pages);
  await stillOpen(proof);
});

/** Others who may ask the same. */
const OTHERS: readonly Caller[] = ['editor', 'viewer', 'admin', 'stranger', 'group key', 'other group key'];

proves('D4', 'the cursor of another list, question, order, caller or key of the server is 400', async (proof) => {
  const lists = proof.sample(opened, 6);
  const pages = lists.flatMap((page): Page[] => [
    ...opened
      .filter(({ procedure, cursor }) => cursor !== page.cursor && isOther(procedure, page.procedure))
      .flatMap((other): Page[] => [
        { ...page, cursor: other.cursor, what: `the cursor of ${other.procedure}` },
        { ...page, cursor: withMacOf(page.cursor, other.cursor), what: `the signature of ${other.procedure}` },
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
      const values = JSON.parse(Buffer.from(page.cursor, 'base64url').subarray(33).toString());
      const cursor = encodeCursor(
        `${secret} key of the server`,
        JSON.stringify([page.procedure, world.people.alice.id, null, {}]),
        values,
      );
      return { ...page, cursor, what: 'a cursor signed by another key' };
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
