import { defaultPreferences } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { type Cast, codeOf, deliverMail, givenApi, queuedMail } from '../../../test/index.ts';

const { db, services, cast, as } = await givenApi();

const preferencesOf = (name: keyof Cast) => as(cast[name]).preferences;

describe('preferences', () => {
  it('are the defaults until something is chosen', async () => {
    expect(await preferencesOf('alice').get({})).toMatchObject(defaultPreferences);
  });

  it('are merged, also within the e-mail notifications', async () => {
    await preferencesOf('alice').update({ theme: 'dark', emailNotifications: { security: false } });
    await preferencesOf('alice').update({ pageSize: 50, emailNotifications: { labelMoves: false } });
    const merged = {
      ...defaultPreferences,
      theme: 'dark',
      pageSize: 50,
      emailNotifications: { groupInvitations: true, labelMoves: false, security: false, dailySummary: false },
    };
    expect(await preferencesOf('alice').get({})).toMatchObject(merged);
    expect(await preferencesOf('alice').update({ theme: 'dark' })).toMatchObject(merged);
    const audit = await db.selectFrom('audit_log').select('details').orderBy('id').execute();
    expect(audit.map(({ details }) => details)).toEqual([
      { changed: ['theme', 'emailNotifications'] },
      { changed: ['pageSize', 'emailNotifications'] },
    ]);
  });

  it('tell their owner once when mails of security are turned off, which somebody else might do', async () => {
    const change = preferencesOf('mallory').update;
    await change({ emailNotifications: { security: false } });
    await change({ emailNotifications: { security: false } });
    await change({ emailNotifications: { security: true, labelMoves: false } });
    const { id, email } = cast.mallory;
    const queued = await queuedMail(services.db);
    expect(queued.filter((job) => 'userId' in job && job.userId === id)).toEqual([
      { kind: 'security_mails_off', userId: id },
    ]);
    const [mail] = (await deliverMail(services)).filter(({ to }) => to === email);
    expect(mail?.subject).toContain('no more mails about the security');
    expect(mail?.text).toContain('/forgot-password');
  });

  it('lose nothing when two changes come at once', async () => {
    await Promise.all([
      preferencesOf('bob').update({ theme: 'light' }),
      preferencesOf('bob').update({ locale: 'pt-BR' }),
      preferencesOf('bob').update({ defaultVisibility: 'public' }),
      preferencesOf('bob').update({ defaultCategory: 'Writing' }),
    ]);
    expect(await preferencesOf('bob').get({})).toMatchObject({
      ...defaultPreferences,
      theme: 'light',
      locale: 'pt-BR',
      defaultVisibility: 'public',
      defaultCategory: 'Writing',
    });
  });

  it('refuse an unknown key', async () => {
    const unknown = { theme: 'dark', fontSize: 12 } as { theme: 'dark' };
    expect(await codeOf(preferencesOf('carol').update(unknown))).toBe('request.invalid');
  });
});
