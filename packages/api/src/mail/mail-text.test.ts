import { newId } from '@promptory/db';
import { describe, expect, it } from 'vitest';
import { parseMailJob } from './mail-job.ts';
import { emailChangedMail, groupSharedMail } from './mail-text.ts';

describe('the text of a mail', () => {
  it('has a subject of one line, whatever people are named', () => {
    const { subject, text } = groupSharedMail('Bob', 'A\r\nBcc: x@example.com', 'G\nH', 'https://p.example/groups/1');
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text).toContain('“A Bcc: x@example.com” shared the group “G H” with you');
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
