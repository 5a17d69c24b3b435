import { givenPerson } from '@promptory/api/testing';
import { beforeAll } from 'vitest';
import { givenApp } from '../../harness/boot.ts';
import { callProcedure, type Headers, type Input, transports } from '../../harness/transports.ts';
import { type Proof, proves } from '../harness/proof.ts';

// Two tenants whose prompts, groups, tags and categories have the same words. What one lists, searches, counts, pages
// through or exports never holds an id of the other.

const WORDS = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', '提示', 'größe'] as const;
const PROMPTS = 60;

interface Tenant {
  readonly headers: Headers;
  readonly handle: string;
  readonly ids: ReadonlySet<string>;
  readonly groups: readonly string[];
}

const server = await givenApp();
let tenants: readonly [Tenant, Tenant];
beforeAll(async () => {
  tenants = [await givenTenant(), await givenTenant()];
}, 120_000);

async function made(procedure: string, input: Input, headers: Headers): Promise<string> {
  const { result, code } = await callProcedure(server, 'tRPC', procedure, input, headers);
  if (code !== 'ok') throw new Error(`${procedure} answered ${code}.`);
  return (result as { id: string }).id;
}

async function givenTenant(): Promise<Tenant> {
  const account = await givenPerson(server.services);
  const headers = await server.as.person(account);
  const ids = new Set<string>([account.id]);
  const prompts: string[] = [];
  for (let index = 0; index < PROMPTS; index += 1) {
    const word = WORDS[index % WORDS.length];
    const id = await made(
      'prompts.create',
      {
        title: `${word} ${index}`,
        content: `Say ${word} to {{ name }}, ${WORDS[(index * 3) % WORDS.length]}.`,
        category: index % 2 === 0 ? 'Writing' : 'Coding',
        tags: [word, 'everyone'],
        isTemplate: index % 5 === 0,
      },
      headers,
    );
    prompts.push(id);
    ids.add(id);
    if (index % 7 === 0) await callProcedure(server, 'tRPC', 'favorites.add', { promptId: id }, headers);
  }
  const groups: string[] = [];
  for (const name of ['Team', 'Archive']) {
    const id = await made('groups.create', { name }, headers);
    groups.push(id);
    ids.add(id);
    for (const promptId of prompts.slice(0, 5))
      await callProcedure(server, 'tRPC', 'groups.addPrompt', { id, promptId }, headers);
  }
  const { result } = await callProcedure(server, 'tRPC', 'me.get', {}, headers);
  return { headers, handle: (result as { handle: string }).handle, ids, groups };
}

const LISTS = [
  'prompts.list',
  'prompts.templates',
  'library.list',
  'favorites.list',
  'history.list',
  'groups.list',
  'tags.list',
  'categories.list',
  'transfer.export',
  'transfer.exportFiles',
  'me.export',
  'me.deletion',
] as const;

/** A call of a list as a curious tenant might make it: any filter, with words and ids of either. */
function randomCall(proof: Proof, foreign: Tenant): { procedure: string; input: Input } {
  const procedure = proof.pick(LISTS) ?? 'prompts.list';
  if (procedure === 'transfer.export') return { procedure, input: { scope: 'readable' } };
  if (procedure === 'transfer.exportFiles') {
    return { procedure, input: { format: proof.pick(['bundle', 'langfuse', 'dotprompt']), scope: 'readable' } };
  }
  if (procedure !== 'prompts.list' && procedure !== 'prompts.templates') return { procedure, input: {} };
  const input: Record<string, unknown> = { limit: 1 + proof.below(20) };
  const chance = (): boolean => proof.random() < 0.35;
  if (chance()) input.q = `${proof.pick(WORDS)} ${chance() ? proof.pick(WORDS) : ''}`.trim();
  if (chance()) input.category = proof.pick(['Writing', 'Coding']);
  if (chance()) input.tag = [proof.pick(WORDS) ?? 'alpha'];
  if (chance()) input.owner = proof.pick(['me', foreign.handle]);
  if (chance()) input.groupId = proof.pick(foreign.groups);
  if (chance()) input.sort = proof.pick(['updated', 'created', 'title', 'usage']);
  if (chance()) input.favorite = true;
  return { procedure, input };
}

/** Every id of the other tenant that an answer holds, wherever in it. */
const foreignIds = (result: unknown, foreign: Tenant): string[] => {
  const text = JSON.stringify(result) ?? '';
  return [...foreign.ids].filter((id) => text.includes(id));
};

const cursorOf = (result: unknown): string | null =>
  typeof result === 'object' && result !== null && 'nextCursor' in result ? (result.nextCursor as string | null) : null;

proves(
  'A4',
  'of 1,000 lists, searches, counts, pages and exports none holds an id of the other tenant',
  async (proof) => {
    const wanted = proof.share(1_000);
    let others = 0;
    const answered = proof.demand(wanted * 0.9, 'calls were answered');
    // A filter by what the other tenant has finds nothing: some four of ten calls find something, or by chance fewer.
    const gave = proof.demand(wanted * 0.15, 'answers held what is the caller’s own');
    for (let index = 0; index < wanted; index += 1) {
      const [own, foreign] = proof.random() < 0.5 ? tenants : tenants.toReversed();
      if (own === undefined || foreign === undefined) throw new Error('There are two tenants.');
      const transport = proof.pick(transports) ?? 'REST';
      const { procedure, input } = randomCall(proof, foreign);
      const answer = await callProcedure(server, transport, procedure, input, own.headers);
      const found = foreignIds(answer.result, foreign);
      if (answer.code === 'ok' || answer.code === 'group.not_found') answered();
      if (foreignIds(answer.result, own).length > 0) gave();
      proof.check(
        found.length === 0,
        () => `${procedure} ${JSON.stringify(input)} by ${transport} gave ${found.join(', ')}`,
      );
      const cursor = cursorOf(answer.result);
      if (cursor === null) continue;
      // The next page is the caller's own; the same cursor opens nothing for the other.
      const next = await callProcedure(server, transport, procedure, { ...input, cursor }, own.headers);
      const leaked = foreignIds(next.result, foreign);
      proof.works(next.code === 'ok' && leaked.length === 0, () => `page two of ${procedure}: ${next.code}, ${leaked}`);
      const stolen = await callProcedure(server, transport, procedure, { ...input, cursor }, foreign.headers);
      proof.check(stolen.status === 400, () => `${procedure} took a cursor of somebody else: ${stolen.code}`);
      others += 2;
    }
    proof.remark(`${others} pages by cursor among them, half with the cursor of the other tenant`);
  },
);
