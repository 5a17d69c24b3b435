import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { ID, notesRouter } from '../../test/fixtures/notes.ts';
import { notesApp } from '../../test/fixtures/notes-app.ts';
import { RequestRefused } from '../http/request-refused.ts';
import { restProceduresOf } from '../router/procedures.ts';
import { possibleRefusals } from './possible-refusals.ts';

function reasonsOf(path: string): string[] {
  const endpoint = restProceduresOf(notesRouter().router).find((one) => one.path === path);
  if (endpoint === undefined) throw new Error(`There is no ${path}.`);
  return possibleRefusals(endpoint).map(({ cause }) => (cause instanceof RequestRefused ? cause.reason : ''));
}

const JSON_TYPE = { 'content-type': 'application/json' };
const DEEP = `${'{"deep":'.repeat(65)}1${'}'.repeat(65)}`;
const note = `/notes/${ID}`;

describe('possibleRefusals', () => {
  it.each([
    ['notes.update', 'field_conflict', { method: 'PUT', url: note, payload: { id: 'other' } }],
    ['notes.update', 'precondition', { method: 'PUT', url: note, headers: { 'if-match': '1' }, payload: {} }],
    ['notes.update', 'query_not_allowed', { method: 'PUT', url: `${note}?title=x`, payload: {} }],
    [
      'notes.create',
      'media_type',
      { method: 'POST', url: '/notes', headers: { 'content-type': 'text/csv' }, payload: 'x' },
    ],
    ['notes.create', 'malformed_json', { method: 'POST', url: '/notes', headers: JSON_TYPE, payload: '{' }],
    ['notes.create', 'too_large', { method: 'POST', url: '/notes', payload: { title: 'x'.repeat(2_000) } }],
    ['notes.create', 'not_acceptable', { method: 'POST', url: '/notes', headers: { accept: 'text/csv' }, payload: {} }],
    ['notes.touch', 'too_deep', { method: 'POST', url: '/touch', headers: JSON_TYPE, payload: DEEP }],
    ['notes.remove', 'malformed_json', { method: 'DELETE', url: note, headers: JSON_TYPE, payload: '{' }],
    ['notes.remove', 'field_conflict', { method: 'DELETE', url: `${note}?id=other` }],
    ['notes.import', 'media_type', { method: 'POST', url: '/notes/import', payload: {} }],
    [
      'notes.import',
      'field_conflict',
      { method: 'POST', url: '/notes/import?file=x', headers: { 'content-type': 'text/csv' }, payload: 'x' },
    ],
  ] as Array<[string, string, InjectOptions]>)(
    'of %s has %s, which REST answers with',
    async (path, reason, request) => {
      const { app } = await notesApp({ fastify: { bodyLimit: 1_000 } });
      expect((await app.inject(request)).json().code).toBe(reason);
      expect(reasonsOf(path)).toContain(reason);
    },
  );

  it('has nothing of bodies for a GET, and nothing of types where the answer is empty', () => {
    expect(reasonsOf('notes.get')).toEqual(['field_conflict', 'not_acceptable', 'answer_too_large', 'unavailable']);
    expect(reasonsOf('notes.templates')).toEqual(['not_acceptable', 'answer_too_large', 'unavailable']);
    expect(reasonsOf('notes.remove')).not.toContain('not_acceptable');
    expect(reasonsOf('notes.remove')).not.toContain('answer_too_large');
  });

  it('has nothing of JSON where the body is of another type', () => {
    expect(reasonsOf('notes.create')).toEqual(expect.arrayContaining(['malformed_json', 'too_deep']));
    expect(reasonsOf('notes.import').filter((reason) => /json|deep/.test(reason))).toEqual([]);
  });
});
