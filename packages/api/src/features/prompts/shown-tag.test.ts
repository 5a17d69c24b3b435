import { revisionTag } from '@promptory/trpc-fastify/procedure';
import { expect, it } from 'vitest';
import { promptTag } from './shown-tag.ts';

it('tells of what is stored of a prompt, and of what it promises with all that it includes', () => {
  const shown = { revision: 'stored', signature: null, templateFault: null, inputConflicts: [] };
  const others = [
    { revision: 'other' },
    { signature: { required: ['name'] } },
    { templateFault: { message: 'No prompt has this name.', line: 1 } },
    { inputConflicts: [{ path: 'name' }] },
  ];
  const tags = [shown, ...others.map((other) => ({ ...shown, ...other }))].map((each) => revisionTag(each, promptTag));
  expect(new Set(tags).size).toBe(5);
  expect(revisionTag({ ...shown, title: 'Its revision tells of it' }, promptTag)).toBe(tags[0]);
});
