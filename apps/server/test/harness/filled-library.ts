import { send } from '../e2e/harness/send.ts';
import type { PromptsFile } from '../e2e/scenario/prompts-file.ts';

/** What stands in a library that is filled through the API, as its people would see it. */
export interface FilledLibrary {
  readonly people: readonly { readonly email: string; readonly password: string }[];
  readonly prompts: number;
  readonly versions: number;
  readonly groups: number;
  /** Where each label points: `<prompt> <label>` to the number of a version. */
  readonly labels: ReadonlyMap<string, number>;
}

interface Item {
  readonly id: string;
}

const PEOPLE = ['ann', 'ben', 'cleo', 'dora', 'emil', 'fay'];
const GROUPS = 12;
const IN_A_GROUP = 20;
const PAGE = 100;

/**
 * Fills an empty server through its REST API: a person imports a whole file of prompts, every tenth one gets two more
 * versions and two labels, and groups of twenty are shared with five more people, each of whom has a prompt of their own.
 */
export async function fillLibrary(url: string, { file, rows }: PromptsFile): Promise<FilledLibrary> {
  const people = PEOPLE.map((name) => ({
    email: `${name}@example.net`,
    name,
    password: `a lantern for ${name} at night`,
  }));
  const tokens: string[] = [];
  for (const person of people) {
    tokens.push((await send<{ accessToken: string }>(url, 'POST', '/auth/register', person)).accessToken);
  }
  const as =
    (token = '') =>
    <Answer>(method: string, path: string, body?: object): Promise<Answer> =>
      send<Answer>(url, method, path, body, { authorization: `Bearer ${token}` });
  const [owner, ...others] = tokens.map(as);
  if (owner === undefined) throw new Error('Nobody owns the library.');
  await importFile(url, tokens[0] ?? '', file, rows);

  const ids: string[] = [];
  for (let cursor: string | null = null; ids.length < rows; ) {
    const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: Item[]; nextCursor: string | null } = await owner('GET', `/prompts?limit=${PAGE}${next}`);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  const labels = new Map<string, number>();
  const changed = ids.filter((_, at) => at % 10 === 0);
  for (const id of changed) {
    for (const version of [2, 3]) await owner('PUT', `/prompts/${id}`, { content: `Version ${version} of ${id}.` });
    for (const [label, version] of [
      ['production', 2],
      ['staging', 3],
    ] as const) {
      await owner('PUT', `/prompts/${id}/labels/${label}`, { version });
      labels.set(`${id} ${label}`, version);
    }
  }
  for (let group = 0; group < GROUPS; group += 1) {
    const { id } = await owner<Item>('POST', '/groups', { name: `Group ${group}` });
    for (const promptId of ids.slice(group * IN_A_GROUP, (group + 1) * IN_A_GROUP)) {
      await owner('POST', `/groups/${id}/prompts`, { promptId });
    }
    for (const { email } of people.slice(1)) {
      await owner('POST', `/groups/${id}/members`, { email, role: group % 2 === 0 ? 'viewer' : 'editor' });
    }
  }
  for (const other of others) await other('POST', '/prompts', { title: 'Of my own', content: 'Say {{ it }}.' });
  return {
    people,
    prompts: ids.length + others.length,
    versions: ids.length + 2 * changed.length + others.length,
    groups: GROUPS,
    labels,
  };
}

async function importFile(url: string, token: string, file: Blob, rows: number): Promise<void> {
  const answer = await fetch(`${url}/prompts/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: file,
  });
  const said = await answer.text();
  const done: { created?: number } = JSON.parse(said.trimEnd().split('\n').at(-1) ?? '{}');
  if (done.created !== rows) throw new Error(`Of ${rows} prompts not all were imported: ${said.slice(-500)}`);
}
