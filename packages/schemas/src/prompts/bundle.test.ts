import { expect, it } from 'vitest';
import { z } from 'zod';
import * as bundle from './bundle.ts';

const schemas = Object.entries(bundle).flatMap(([name, value]) =>
  value instanceof z.ZodType ? [{ name, value }] : [],
);

it.each(schemas)('$name of a file that others keep has its form, and every bound of it', ({ value }) => {
  expect(z.toJSONSchema(value, { io: 'input', unrepresentable: 'any' })).toMatchSnapshot();
});

it('is made of these', () => {
  expect(schemas.map(({ name }) => name).sort()).toEqual([
    ...['Bundle', 'BundleGroup', 'BundleMove', 'BundlePrompt', 'BundleSignature', 'BundleVersion', 'PromptAlias'],
  ]);
  expect(bundle.MAX_BUNDLE_PROMPTS).toBe(5_000);
});
