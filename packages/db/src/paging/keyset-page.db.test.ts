import { type Generated, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { givenDatabase, seededRandom } from '../../test/index.ts';
import { InvalidCursorError, type KeysetValue } from './cursor.ts';
import { keysetPage, type OrderKey, toPage } from './keyset-page.ts';

type Shelf = {
  items: { id: Generated<number>; rank: number; title: string; used_at: string | null; weight: number };
};
type Keys = OrderKey<Shelf, 'items'>[];

const ROWS = 1_000;
const random = seededRandom(1);
const db = (await givenDatabase()).db.withTables<Shelf>();

beforeAll(async () => {
  await sql`
    create table items (
      id integer generated always as identity primary key,
      rank integer not null, title text not null, used_at timestamptz(3), weight real not null
    )
  `.execute(db);
  // Few distinct values, so that most rows tie, and a third of the times unknown.
  await sql`
    insert into items (rank, title, used_at, weight)
    select floor(random() * 8), chr(97 + floor(random() * 5)::int) || repeat('é', floor(random() * 3)::int),
      case when random() < 0.66 then timestamptz '2026-01-01' + floor(random() * 20) * interval '1 ms' end, random()::real / 3
    from generate_series(1, ${ROWS})
  `.execute(db);
});

async function walk(orderBy: Keys, valuesOf: (row: Record<string, unknown>) => KeysetValue[]): Promise<number[]> {
  const seen: number[] = [];
  let after: KeysetValue[] | undefined;
  do {
    const limit = 1 + Math.floor(random() * 60);
    const rows = await keysetPage(db.selectFrom('items').selectAll(), { orderBy, limit, after }).execute();
    const page = toPage(rows, limit, (last) => JSON.stringify(valuesOf(last)));
    seen.push(...page.items.map((row) => row.id));
    after = page.nextCursor === null ? undefined : JSON.parse(page.nextCursor);
  } while (after);
  return seen;
}

const value =
  (name: string) =>
  (row: Record<string, unknown>): KeysetValue => {
    const found = row[name];
    return typeof found === 'string' || typeof found === 'number' ? found : null;
  };

const orders: [string, Keys, string[]][] = [
  [
    'one direction',
    [
      { by: 'rank', direction: 'desc' },
      { by: 'id', direction: 'desc' },
    ],
    ['rank', 'id'],
  ],
  [
    'mixed directions',
    [
      { by: 'rank', direction: 'desc' },
      { by: 'title', direction: 'asc' },
      { by: 'id', direction: 'desc' },
    ],
    ['rank', 'title', 'id'],
  ],
  [
    'null last',
    [
      { by: 'used_at', direction: 'asc', nullable: true },
      { by: 'id', direction: 'asc' },
    ],
    ['used_at', 'id'],
  ],
  [
    'null first',
    [
      { by: 'items.used_at', direction: 'desc', nullable: true },
      { by: 'id', direction: 'asc' },
    ],
    ['used_at', 'id'],
  ],
  [
    'an expression of floating point',
    [
      { by: sql<number>`weight`, direction: 'desc' },
      { by: 'id', direction: 'asc' },
    ],
    ['weight', 'id'],
  ],
];

describe('keyset pages', () => {
  it.each(orders)('walked to the end give every row once and in order: %s', async (_, keys, names) => {
    let whole = db.selectFrom('items').select('id');
    for (const { by, direction } of keys) whole = whole.orderBy(typeof by === 'string' ? sql.ref(by) : by, direction);
    const expected = (await whole.execute()).map((row) => row.id);
    const walked = await walk(keys, (row) => names.map((name) => value(name)(row)));
    expect(walked).toEqual(expected);
    expect(new Set(walked).size).toBe(ROWS);
  });

  it('refuse values that do not fit the order', () => {
    const query = db.selectFrom('items').selectAll();
    const orderBy: Keys = [
      { by: 'rank', direction: 'asc' },
      { by: 'id', direction: 'asc' },
    ];
    for (const after of [[], [1], [1, 2, 3], [null, 2]]) {
      expect(() => keysetPage(query, { orderBy, limit: 10, after })).toThrow(InvalidCursorError);
    }
  });

  it('say that there is no next page when the last one is full', () => {
    expect(toPage([1, 2], 2, String)).toEqual({ items: [1, 2], nextCursor: null });
    expect(toPage([1, 2, 3], 2, String)).toEqual({ items: [1, 2], nextCursor: '2' });
    expect(toPage([], 2, String)).toEqual({ items: [], nextCursor: null });
  });
});
