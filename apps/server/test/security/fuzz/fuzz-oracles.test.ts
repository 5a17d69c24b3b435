import { describe, expect, it } from 'vitest';
import { endpointOf } from '../../harness/transports.ts';
import { faultOf, type Requested } from './fuzz-oracles.ts';
import type { ParsedAnswer } from './fuzz-requests.ts';
import { MARK } from './fuzz-things.ts';

const requested = (procedure: string, parts: Partial<Requested> = {}): Requested => ({
  transport: 'REST',
  endpoint: endpointOf(procedure),
  text: '',
  url: endpointOf(procedure).rest.path,
  isAdmin: false,
  ...parts,
});

const answerWith = (parts: Partial<ParsedAnswer>): ParsedAnswer => ({
  statuses: [200],
  code: 'ok',
  result: undefined,
  isStream: false,
  problem: undefined,
  body: '',
  ...parts,
});

const problem = (status: number, code: string, more: object = {}): ParsedAnswer =>
  answerWith({
    statuses: [status],
    code,
    problem: {
      type: `https://promptory.example/errors/${code}`,
      title: 'Title',
      status,
      detail: 'Detail.',
      code,
      requestId: 'id',
      errors: [],
      ...more,
    },
  });

const preferences = {
  revision: 'x'.repeat(22),
  theme: 'system',
  locale: 'en',
  pageSize: 20,
  defaultCategory: null,
  defaultVisibility: 'private',
  emailNotifications: { groupInvitations: true, labelMoves: true, security: true, dailySummary: false },
};

describe('an oracle', () => {
  it('lets a right answer and a documented refusal pass', () => {
    expect(faultOf(requested('preferences.get'), answerWith({ result: preferences }))).toBeNull();
    expect(faultOf(requested('preferences.get'), problem(401, 'auth.required'))).toBeNull();
  });

  it('sees a failure of ours, and one within a batch that was answered 207', () => {
    expect(faultOf(requested('preferences.get'), problem(500, 'server.internal'))).toContain('500');
    expect(faultOf(requested('preferences.get'), answerWith({ statuses: [207, 503], code: 'server.busy' }))).toContain(
      '503',
    );
  });

  it('sees an answer that lacks a field, has another type, or has one more', () => {
    const { theme: _theme, ...less } = preferences;
    for (const result of [less, { ...preferences, pageSize: '20' }, { ...preferences, more: 1 }, null]) {
      expect(faultOf(requested('preferences.get'), answerWith({ result }))).toContain('match');
    }
  });

  it('sees an error that is undocumented, has a status of another, or another shape', () => {
    expect(faultOf(requested('preferences.get'), problem(404, 'group.not_found'))).toContain('not documented');
    expect(faultOf(requested('preferences.get'), problem(400, 'auth.required'))).toContain('400 for');
    expect(faultOf(requested('preferences.get'), problem(401, 'auth.required', { errors: 'none' }))).toContain('shape');
    expect(faultOf(requested('preferences.get', { transport: 'tRPC' }), problem(401, 'auth.required'))).toContain(
      'shape',
    );
  });

  it('sees the words of another tenant, unless an admin reads them or the caller wrote them', () => {
    const leak = answerWith({ result: preferences, body: JSON.stringify({ title: MARK }) });
    expect(faultOf(requested('preferences.get'), leak)).toContain(MARK);
    expect(faultOf(requested('preferences.get', { text: MARK }), leak)).toContain(MARK);
    expect(faultOf(requested('preferences.get', { isAdmin: true }), leak)).toBeNull();
    expect(faultOf(requested('preferences.update', { text: MARK }), leak)).toBeNull();
  });

  it('takes an error that is documented for the last line of a stream, and no other', () => {
    const stream = (...result: unknown[]) => answerWith({ isStream: true, result });
    const lateFault = (parts: object) => {
      const line = {
        type: 'error',
        title: 'Title',
        status: 400,
        detail: 'Detail.',
        code: 'import.unreadable',
        ...parts,
      };
      return stream({ ...line, requestId: 'id', errors: [] });
    };
    const faultAfter = (answer: ParsedAnswer) => faultOf(requested('transfer.import'), answer);
    expect(faultAfter(lateFault({}))).toBeNull();
    expect(faultAfter(lateFault({ status: 409, code: 'prompt.slug_taken' }))).toContain('not documented for it, late');
    expect(faultAfter(lateFault({ detail: 7 }))).toContain('another shape');
    expect(faultAfter(stream({ type: 'error' }, { type: 'error' }))).toContain('does not match its schema');
  });
});
