import { describe, expect, it } from 'vitest';
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
