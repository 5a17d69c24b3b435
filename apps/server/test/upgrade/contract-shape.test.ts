import { expect, it } from 'vitest';
import { brokenPromises, contractShape } from './contract-shape.ts';

const prompt = {
  type: 'object',
  required: ['id', 'owner'],
  properties: { id: { type: 'string' }, owner: { $ref: '#/components/schemas/Owner' }, note: { type: 'string' } },
};
const json = (schema: object) => ({ content: { 'application/json': { schema } } });

function documentWith({ body = {}, required = ['title'], answer = {}, scopes = ['mine', 'all'] } = {}) {
  return {
    components: {
      schemas: { Owner: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
    },
    paths: {
      '/prompts': {
        post: {
          parameters: [{ name: 'scope', in: 'query', schema: { type: 'string', enum: scopes } }],
          requestBody: json({ type: 'object', required, properties: { title: { type: 'string' }, ...body } }),
          responses: { 201: json({ ...prompt, properties: { ...prompt.properties, ...answer } }) },
        },
      },
    },
  };
}
const earlier = contractShape(documentWith());

it('reads what an operation takes, needs and gives', () => {
  expect(earlier).toEqual({
    'POST /prompts': {
      takes: ['body.title', 'query.scope', 'query.scope=all', 'query.scope=mine'],
      needs: ['body.title'],
      gives: ['id:string', 'owner.name:string', 'owner:object'],
    },
  });
});

it('lets a later release take and give more', () => {
  const later = documentWith({
    body: { tag: { type: 'string' } },
    answer: { at: { type: 'string' } },
    scopes: ['mine', 'all', 'ours'],
  });
  expect(brokenPromises(earlier, contractShape(later))).toEqual([]);
});

it.each([
  [{ ...documentWith(), paths: {} }, 'POST /prompts is gone'],
  [documentWith({ scopes: ['all'] }), 'POST /prompts does not take query.scope=mine any more'],
  [documentWith({ body: { tag: {} }, required: ['title', 'tag'] }), 'POST /prompts needs body.tag now'],
  [documentWith({ answer: { id: { type: 'integer' } } }), 'POST /prompts does not always give id:string any more'],
  [
    documentWith({ answer: { owner: { type: 'object' } } }),
    'POST /prompts does not always give owner.name:string any more',
  ],
])('names what an earlier client would miss', (later, says) => {
  expect(brokenPromises(earlier, contractShape(later))).toEqual([says]);
});
