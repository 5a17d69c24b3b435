import { givenPerson } from '@promptory/api/testing';
import { describe, expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';
import { callProcedure, unbatchedTransports } from '../harness/transports.ts';

const server = await givenApp();
const alice = await givenPerson(server.services, { handle: 'alice' });
const headers = await server.as.person(alice);

const outputOf = (...fields: string[]) => ({
  type: 'object',
  properties: Object.fromEntries(fields.map((name) => [name, { type: 'string' }])),
  required: fields,
});
/** A version that callers use, and one that breaks them. */
const changes: readonly (readonly [what: string, before: object, after: object, breaks: object])[] = [
  [
    'adds an input that must be given',
    { content: 'Sort {{ ticket }}' },
    { content: 'Sort {{ ticket }} for {{ team }}' },
    { side: 'input', path: '/team', kind: 'required' },
  ],
  [
    'drops a field of the output',
    { content: 'Sort', outputSchema: outputOf('mood', 'urgency') },
    { content: 'Sort it', outputSchema: outputOf('mood') },
    { side: 'output', path: '/urgency', kind: 'removed' },
  ],
  [
    'gives messages where it gave text',
    { content: 'Sort {{ ticket }}' },
    { kind: 'chat', messages: [{ role: 'user', content: 'Sort {{ ticket }}' }] },
    { side: 'output', path: '', kind: 'kind' },
  ],
];

describe.each(unbatchedTransports)('by %s', (transport) => {
  const call = (path: string, input: object) => callProcedure(server, transport, path, { ...input }, headers);

  it.each(changes)(
    'a promotion that %s is refused, unless it is accepted for a reason',
    async (what, before, after, breaks) => {
      const { id } = (await call('prompts.create', { title: what, ...before })).result as { id: string };
      await call('prompts.update', { id, ...after });
      const move = { id, label: 'production' };
      expect((await call('labels.move', { ...move, version: 1 })).code).toBe('ok');
      const refused = await call('labels.move', { ...move, version: 2 });
      expect(refused).toMatchObject({ status: 409, code: 'prompt.breaking_change' });
      expect(refused.error).toMatchObject({ from: 1, to: 2, breaks: [breaks], breakCount: 1 });
      expect((await call('labels.check', { ...move, version: 2 })).result).toMatchObject({
        isCompatible: false,
        breaks: [breaks],
      });
      expect((await call('labels.get', move)).result).toMatchObject({ version: 1 });
      // To remove the label first is no way round.
      expect((await call('labels.remove', move)).code).toBe('ok');
      expect((await call('labels.move', { ...move, version: 2 })).code).toBe('prompt.breaking_change');
      expect((await call('labels.move', { ...move, version: 2, acceptBreaking: true })).code).toBe('request.invalid');
      const reason = 'Announced on Monday';
      expect((await call('labels.move', { ...move, version: 2, acceptBreaking: true, reason })).code).toBe('ok');
      expect((await call('labels.history', move)).result).toMatchObject({
        items: [{ from: null, to: 2, isBreaking: true, reason, movedBy: { handle: 'alice' } }, { to: null }, { to: 1 }],
      });
    },
  );
});
