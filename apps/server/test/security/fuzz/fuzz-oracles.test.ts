import { describe, expect, it } from 'vitest';
import { endpointOf } from '../../harness/three-doors.ts';
import type { Told } from './fuzz-doors.ts';
import { type Asked, faultOf } from './fuzz-oracles.ts';
import { MARK } from './fuzz-things.ts';

const asked = (procedure: string, parts: Partial<Asked> = {}): Asked => ({
  door: 'REST',
  endpoint: endpointOf(procedure),
  text: '',
  url: endpointOf(procedure).rest.path,
  isAdmin: false,
  ...parts,
});

const told = (parts: Partial<Told>): Told => ({
  statuses: [200],
  code: 'ok',
  result: undefined,
  isStream: false,
  problem: undefined,
  body: '',
  ...parts,
});

const problem = (status: number, code: string, more: object = {}): Told =>
  told({
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
  theme: 'system',
  locale: 'en',
  pageSize: 20,
  defaultCategory: null,
  defaultVisibility: 'private',
  emailNotifications: { groupInvitations: true, labelMoves: true, security: true },
};

describe('an oracle', () => {
  it('lets a right answer and a documented refusal pass', () => {
    expect(faultOf(asked('preferences.get'), told({ result: preferences }))).toBeNull();
    expect(faultOf(asked('preferences.get'), problem(401, 'auth.required'))).toBeNull();
  });

  it('sees a failure of ours, and one within a batch that was answered 207', () => {
    expect(faultOf(asked('preferences.get'), problem(500, 'server.internal'))).toContain('500');
    expect(faultOf(asked('preferences.get'), told({ statuses: [207, 503], code: 'server.busy' }))).toContain('503');
  });

  it('sees an answer that lacks a field, has another type, or has one more', () => {
    const { theme: _theme, ...less } = preferences;
    for (const result of [less, { ...preferences, pageSize: '20' }, { ...preferences, more: 1 }, null]) {
      expect(faultOf(asked('preferences.get'), told({ result }))).toContain('match');
    }
  });

  it('sees an error that is undocumented, has a status of another, or another shape', () => {
    expect(faultOf(asked('preferences.get'), problem(404, 'group.not_found'))).toContain('not documented');
    expect(faultOf(asked('preferences.get'), problem(400, 'auth.required'))).toContain('400 for');
    expect(faultOf(asked('preferences.get'), problem(401, 'auth.required', { errors: 'none' }))).toContain('shape');
    expect(faultOf(asked('preferences.get', { door: 'tRPC' }), problem(401, 'auth.required'))).toContain('shape');
  });

  it('sees the words of another tenant, unless an admin reads them or the caller wrote them', () => {
    const leak = told({ result: preferences, body: JSON.stringify({ title: MARK }) });
    expect(faultOf(asked('preferences.get'), leak)).toContain(MARK);
    expect(faultOf(asked('preferences.get', { text: MARK }), leak)).toContain(MARK);
    expect(faultOf(asked('preferences.get', { isAdmin: true }), leak)).toBeNull();
    expect(faultOf(asked('preferences.update', { text: MARK }), leak)).toBeNull();
  });
});
