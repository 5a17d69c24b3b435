import { describe, expect, it } from 'vitest';
import { bodies, elsewhere } from './functions.rows.ts';
import { givenSchema } from './schema-proofs.ts';

const schema = await givenSchema();

/** Functions that run with the rights of their owner, whoever calls them. */
const ofOwner = (where: string): string =>
  `SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef AND ${where}`;

describe('a function with the rights of its owner', () => {
  it('looks up names where nobody else can put any, and in what is temporary last', async () => {
    expect(await schema.list(ofOwner('true'))).toContain('ensure_usage_partitions');
    const safe = "ARRAY['search_path=pg_catalog, public, pg_temp'] <@ proconfig";
    expect(await schema.list(ofOwner(`(${safe}) IS NOT TRUE`))).toEqual([]);
  });

  it('is for nobody to whom it is not granted, but for a trigger, which nobody calls', async () => {
    const open = "prorettype <> 'trigger'::regtype AND has_function_privilege('public', pg_proc.oid, 'EXECUTE')";
    expect(await schema.list(ofOwner(open))).toEqual([]);
  });
});

it('has a row for every function that is no trigger’s, and no row without one', async () => {
  const functions = (where: string) =>
    schema.list(`
      SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND ${where}
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')`);
  const ofTriggers = await functions("prorettype = 'trigger'::regtype");
  const shown = [...Object.keys(bodies), ...elsewhere].filter((name) => !ofTriggers.includes(name));
  expect(await functions("prorettype <> 'trigger'::regtype")).toEqual(shown.sort());
});

it.each(Object.entries(bodies).flatMap(([name, proofs]) => proofs.map((proof, at) => [name, at + 1, proof] as const)))(
  '%s does just what it is for (%i)',
  async (_, __, proof) => {
    await schema.tried([], async ({ value }) => {
      for (const [statement, answer] of proof) {
        const found = await value(statement);
        if (answer !== undefined) expect([statement, found]).toEqual([statement, answer]);
      }
    });
  },
);
