import { procedureFacts } from '@promptory/api/server';
import { describe, expect, it } from 'vitest';
import { type Measured, measureProcedures } from './measure-procedures.ts';

// What a call costs where there are ten, a thousand and a hundred thousand of each thing that it touches: pages, and rows
// and index entries, that PostgreSQL looks at. From a thousand on it grows at most by the depth of an index.

const sizes = (process.env.GROWTH_SIZES ?? '10,1000,100000').split(',').map(Number);
const [, thousand = 0, most = 0] = sizes;

/** A plan may change between the two, and for each look an index is two pages deeper. What grows with it is a hundredfold. */
const mayGrowTo = (cost: number): number => 3 * cost + 60;

/** What grows with what it does, or is known to. Their figures are printed, and nothing is said of them. */
const GROWING: Readonly<Record<string, string>> = {
  'auth.changePassword': 'ends all other sessions of the account',
  'auth.resetPassword': 'ends all sessions of the account',
  'groups.delete': 'deletes the members, invitations and entries of the group',
  'groups.list': 'counts the members of each group that it shows',
  'groups.get': 'counts the members of the group',
  'groups.watch': 'reads the members of the group',
  'groups.update': 'counts the members of the group',
  'groups.reorder': 'counts the members of the group',
  'groups.addPrompt': 'looks up the entries of a group one by one, of which there are 500 at most',
  'auth.login': 'counts the sessions, which a quota bounds',
  'prompts.list': 'looks up the groups that the caller is in, which a quota bounds',
  'prompts.templates': 'as prompts.list does',
  'tags.list': 'looks up the groups that the caller is in',
  'categories.list': 'looks up the groups that the caller is in, and counts what a quota bounds',
  'members.add': 'counts what a quota bounds',
  'favorites.add': 'counts what a quota bounds',
  'me.get': 'counts what quotas bound',
  'me.update': 'answers as me.get does',
  'me.deletion': 'looks at each prompt and group of the account, which quotas bound',
  'members.list': 'sorts the members of the group',
  'library.list': 'looks up the groups that the caller is in, and sorts its favorites',
};

/** What removes as much as there is, in calls of which none does more than this, however much is left. */
const IN_CALLS: Readonly<Record<string, Pick<Measured, 'statements' | 'pages'>>> = {
  'prompts.purge': { statements: 350, pages: 2_000_000 },
  'prompts.purgeTrash': { statements: 350, pages: 600_000 },
};

/** Called with what is spent, which costs what a refusal does. */
const REFUSED: Readonly<Record<string, string>> = {
  'auth.changePassword': 'auth.invalid_credentials',
  'auth.totp.confirm': 'auth.second_factor_invalid',
  'auth.totp.renewRecoveryCodes': 'auth.second_factor_invalid',
  'auth.totp.disable': 'auth.second_factor_invalid',
};

const costs = new Map<number, ReadonlyMap<string, Measured>>();
for (const size of sizes) costs.set(size, await measureProcedures(size));

const costOf = (size: number, path: string): Measured => {
  const cost = costs.get(size)?.get(path);
  if (cost === undefined) throw new Error(`${path} was not measured.`);
  return cost;
};

const inWords = ({ statements, pages, rows }: Measured): string =>
  `${statements} statements, ${pages} pages, ${rows} rows`.padStart(42);

process.stdout.write(`${'at'.padEnd(28)}${sizes.map((size) => String(size).padStart(42)).join('')}\n`);

describe.each([...procedureFacts.keys()])('%s', (path) => {
  process.stdout.write(`${path.padEnd(28)}${sizes.map((size) => inWords(costOf(size, path))).join('')}\n`);

  it('is done at every size, with as many parameters', () => {
    for (const size of sizes) expect(costOf(size, path).outcome, String(size)).toBe(REFUSED[path] ?? 'ok');
    // A page of an export behind the first one says where it begins.
    const more = path === 'transfer.export' ? 1 : 0;
    expect(costOf(most, path).parameters).toBeLessThanOrEqual(costOf(sizes[0] ?? 0, path).parameters + more);
  });

  const isMeasured = GROWING[path] === undefined && IN_CALLS[path] === undefined;
  it.runIf(isMeasured)('costs as much among very many as among many, but for an index', () => {
    const [many, veryMany] = [costOf(thousand, path), costOf(most, path)];
    expect(veryMany.pages).toBeLessThanOrEqual(mayGrowTo(many.pages));
    expect(veryMany.rows).toBeLessThanOrEqual(mayGrowTo(many.rows));
    // Of three hundred items of a stream a few more or less are not looked at before.
    expect(veryMany.statements).toBeLessThanOrEqual(1.1 * many.statements + 2);
  });

  it.runIf(IN_CALLS[path] !== undefined)('costs no more with any one call than a number says', () => {
    const { statements, pages } = costOf(most, path);
    expect(statements).toBeLessThanOrEqual(IN_CALLS[path]?.statements ?? 0);
    expect(pages).toBeLessThanOrEqual(IN_CALLS[path]?.pages ?? 0);
  });
});
