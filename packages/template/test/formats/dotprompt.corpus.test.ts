import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readDotprompt } from '../../src/formats/dotprompt/read-dotprompt.ts';

// dotprompt's own samples lie beside the collection that PROMPTORY_CORPUS names, in `formats/dotprompt`.
const folder = join(dirname(process.env.PROMPTORY_CORPUS ?? ''), 'formats', 'dotprompt');

it.each([
  ['samples/01-basic', null, ''],
  ['samples/02-schema-and-config', 31, 'YAML'],
  ['samples/03-multimodal-media', 33, 'media'],
  ['samples/04-tools', null, ''],
  ['samples/05-handlebars-helpers', 49, 'add'],
  ['samples/06-partials', 23, 'YAML'],
  ['samples/07-multi-turn-history', null, ''],
  ['samples/08-sections-thinking', 52, 'match'],
  ['samples/09-complex-schema', 1, 'string[]'],
  ['samples/10-kitchen-sink', 33, 'YAML'],
  ['samples/11-multilingual-unicode', null, ''],
  ['examples/autocomplete', 22, 'expect'],
  ['examples/error-invalid-yaml', 7, 'YAML'],
  ['examples/error-multiple-issues', 27, 'expect'],
  ['examples/error-unbalanced-brace', null, ''],
  ['examples/error-unclosed-block', 14, 'end of the template'],
  ['examples/error-unmatched-closing-block', 22, 'expect'],
  ['examples/features', 48, 'section'],
  ['examples/partials', 28, 'partial'],
  ['examples/valid-blog-generator', 15, 'name'],
  ['examples/valid-comments-and-partials', 20, 'partial'],
  ['examples/valid-customer-support', 11, 'name'],
  ['examples/valid-greeting', 17, 'expect'],
  ['examples/warning-undefined-variable', null, ''],
  ['examples/warning-unused-variable', null, ''],
])('reads %s, or refuses it at line %j', (name, line, reason) => {
  const { prompts, refusals } = readDotprompt(readFileSync(join(folder, `${name}.prompt`), 'utf8'));
  expect(prompts).toHaveLength(line === null ? 1 : 0);
  if (line !== null) expect(refusals).toMatchObject([{ line, message: expect.stringContaining(reason) }]);
});
