import { PromptTemplate } from '@langchain/core/prompts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases } from '../cases.ts';
import { Agreement } from './agreement.ts';
import { scalar } from './values.ts';

const piece = fc.oneof(
  { arbitrary: fc.constantFrom('{name}', '{title}', '{tone_2}'), weight: 8 },
  {
    arbitrary: fc.constantFrom(
      '{{',
      '}}',
      '{{"a": 1}}',
      '{{{{',
      '{{{name}}}',
      '{{%',
      '%}}',
      '{{% raw %}}',
      '{{{{ x }}}}',
    ),
    weight: 8,
  },
  { arbitrary: fc.constantFrom('Hello ', '\n', '% ', '%}}', '#', '"', '\\', 'é'), weight: 8 },
  fc.constantFrom('{name', 'name}', '{}', '{0}', '{name!r}', '{price:.2f}', '{a.b}', '{a[0]}'),
);
const template = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
const values = fc.record({ name: scalar, title: scalar, tone_2: scalar });

it('renders as LangChain formats f-strings, or refuses with the place', async () => {
  const agreement = new Agreement();
  await fc.assert(
    fc.asyncProperty(template, values, async (source, given) => {
      const original = await formatted(source, given);
      agreement.check('f-string', source, given, () => original);
    }),
    { numRuns: cases },
  );
  agreement.expectMostConverted();
  expect.hasAssertions();
});

/** Undefined where LangChain fails: a brace that is not closed, a name without a value. */
async function formatted(template: string, given: Record<string, unknown>): Promise<string | undefined> {
  try {
    const prompt = new PromptTemplate({
      template,
      inputVariables: [],
      templateFormat: 'f-string',
      validateTemplate: false,
    });
    return await prompt.format(given as Record<string, string>);
  } catch {
    return undefined;
  }
}
