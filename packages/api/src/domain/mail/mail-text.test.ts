import { newId } from '@promptory/db';
import { describe, expect, it } from 'vitest';
import { parseMailJob } from './mail-job.ts';
import { emailChangedMail, groupInvitationMail, groupSharedMail, verifyEmailMail } from './mail-text.ts';

const LINK = 'https://p.example/verify-email?token=x';

describe('the text of a mail', () => {
  it('has a subject of one line, whatever people are named', () => {
    const { subject, text } = groupSharedMail('Bob', 'A\r\nBcc: x@example.com', 'G\nH', 'https://p.example/groups/1');
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).toContain('“A Bcc: x@ example. com” shared the group “G H” with you');
  });

  it.each([
    'Your account is locked: https://evil.example/login',
    'www.evil.example',
    'evil.example',
    'write to help@evil.example',
    'EVIL。example',
    'mailto:help@evil.example',
    '//evil.example',
    'https:\\\\evil.example',
  ])('makes no link of the name %j', (name) => {
    const mails = [
      verifyEmailMail(name, LINK),
      groupInvitationMail(name, name, LINK),
      groupSharedMail(name, name, name, LINK),
    ];
    for (const { text } of mails) {
      expect(text.replaceAll(LINK, '')).not.toMatch(/[\p{L}\p{N}][.。@]\p{L}|[:/\\][/\\]|mailto:\S/u);
    }
  });

  it('leaves a name that is none as it is', () => {
    expect(verifyEmailMail('Dr. José O’Neil-Smith 3.1', LINK).text).toContain('Hello Dr. José O’Neil-Smith 3.1,');
  });

  it('shows a new address to the owner of the old one only in part', () => {
    expect(emailChangedMail('Ann', 'ann.lee@new.example').text).toContain('a…@new.example');
    expect(emailChangedMail('Ann', 'ann.lee@new.example').text).not.toContain('ann.lee');
  });
});

describe('a job of the queue', () => {
  it('is read back as it was queued', () => {
    const job = { kind: 'verify_email', userId: newId(), email: 'a@example.com' };
    expect(parseMailJob(JSON.parse(JSON.stringify(job)))).toEqual(job);
  });

  it('is refused when it is of no known kind, lacks something, or holds more', () => {
    for (const payload of [
      null,
      {},
      { kind: 'free_money' },
      { kind: 'password_changed' },
      { kind: 'password_changed', userId: 'root' },
      { kind: 'password_changed', userId: newId(), token: 'secret' },
    ]) {
      expect(() => parseMailJob(payload)).toThrow();
    }
  });
});
