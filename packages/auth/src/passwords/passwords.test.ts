import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Argon2id } from 'oslo/password';
import { describe, expect, it, vi } from 'vitest';
import { createPasswordHasher, HasherBusyError, preparePassword } from './passwords.ts';

const common = [
  'password123',
  'Password123!',
  'PASSWORD12',
  'passwordpassword',
  'ｐａｓｓｗｏｒｄ１２３',
  'qwertyuiop',
  'QWERTYUIOP',
  'poiuytrewq',
  'asdfghjkl;',
  'zxcvbnm,./',
  '1qaz2wsx3edc',
  '1q2w3e4r5t',
  '1234567890',
  '12345678901',
  '0987654321',
  'abcdefghij',
  'zyxwvutsrqponm',
  'aaaaaaaaaa',
  'ÉÉÉÉÉÉÉÉÉÉ',
  '1212121212',
  'abcabcabcabc',
  'abcdeabcde',
  '          ',
  '😀😀😀😀😀😀😀😀😀😀',
  'iloveyou123',
  'Welcome2025!',
  'letmein1234',
  'correct horse battery staple',
  'promptory123',
  'Promptory2026',
  'йцукенгшщз',
  'administrator',
  'Michael1987',
  'princess10',
  'Alexandra1!',
  'Terminator99',
  '123456789m',
  'q1234567890',
  '123456789qwe',
  '12345qwert',
  '123456654321',
  '123qwe123qwe',
  'asdf1234zxcv',
];

const fine = [
  'tulip-otter-9',
  'we ate the blue chairs',
  'Ünïcödé wörds',
  '密码是一件很私人的东西啊',
  '🦊🌲🪐🎻🧂🛶🥁🪁🧵🗿',
  'passwords are dull',
  'michaels yellow house',
  'abc is where I begin',
  '1234 times around',
  'a1!a1!a1!x',
];

describe('preparePassword', () => {
  it.each(common)('refuses %j as common', (text) => {
    expect(preparePassword(text)).toEqual({ ok: false, reason: 'common' });
  });

  it.each(fine)('accepts %j whatever its characters are', (text) => {
    expect(preparePassword(text)).toEqual({ ok: true, password: text.normalize('NFKC') });
  });

  it('accepts what a password manager makes', () => {
    for (let round = 0; round < 2_000; round += 1) {
      expect(preparePassword(randomBytes(8).toString('base64url'))).toMatchObject({ ok: true });
    }
  });

  it('counts code points after NFKC, not bytes or units', () => {
    const nine = '🦊🌲🪐🎻🧂🛶🥁🪁🧵';
    expect(preparePassword(nine)).toEqual({ ok: false, reason: 'too_short' });
    expect(preparePassword('e\u0301o\u0301xyz234z')).toEqual({ ok: false, reason: 'too_short' });
    expect(preparePassword('ﬃxyz2347')).toEqual({ ok: true, password: 'ffixyz2347' });
  });

  it('accepts 128 code points and refuses 129 rather than cut one off', () => {
    const text = Array.from({ length: 129 }, (_, index) => String.fromCodePoint(0x1f300 + index)).join('');
    const longest = [...text].slice(0, 128).join('');
    expect(preparePassword(longest)).toEqual({ ok: true, password: longest });
    expect(preparePassword(text)).toEqual({ ok: false, reason: 'too_long' });
    expect(preparePassword('x'.repeat(10_000_000))).toEqual({ ok: false, reason: 'too_long' });
  });

  it('accepts 128 letters that each come as four code points', () => {
    const four = '\u03b1\u0313\u0300\u0345';
    const letters = `${four.repeat(127)}x`;
    expect(preparePassword(letters)).toMatchObject({ ok: true });
  });
});

describe('createPasswordHasher', () => {
  const hasher = createPasswordHasher();
  const password = 'tulip-otter-9';

  it('hashes with Argon2id at 19 MiB, two passes, one lane, and a salt of its own', async () => {
    const [first, second] = await Promise.all([hasher.hash(password), hasher.hash(password)]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(second).not.toBe(first);
  });

  it('knows the right password, in either Unicode form, and no other', async () => {
    const hash = await hasher.hash('pässwörter sind lang');
    expect(await hasher.verify(hash, 'pässwörter sind lang')).toBe(true);
    expect(await hasher.verify(hash, 'pässwörter sind lang'.normalize('NFD'))).toBe(true);
    expect(await hasher.verify(hash, 'pässwörter sind lan')).toBe(false);
    expect(await hasher.verify(hash, 'Pässwörter sind lang')).toBe(false);
    expect(await hasher.verify(hash, '')).toBe(false);
    expect(await hasher.verify(hash, 'x'.repeat(1_000_000))).toBe(false);
  });

  it('tells all 128 code points apart, to the last', async () => {
    const start = 'a long one '.repeat(12).slice(0, 127);
    const hash = await hasher.hash(`${start}y`);
    expect(await hasher.verify(hash, `${start}z`)).toBe(false);
  });

  it('does the same work for nobody as for somebody', async () => {
    const hash = await hasher.hash(password);
    const nobody: number[] = [];
    const somebody: number[] = [];
    for (let round = 0; round < 15; round += 1) {
      somebody.push(await duration(() => hasher.verify(hash, 'some other words')));
      nobody.push(await duration(() => hasher.verifyNothing('some other words')));
    }
    expect(await hasher.verifyNothing(password)).toBe(false);
    // The quickest runs are those that nothing else on the machine disturbed.
    const ratio = Math.min(...nobody) / Math.min(...somebody);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });

  it('lets as many wait as the queue holds, refuses the next at once, and serves the others', async () => {
    const narrow = createPasswordHasher({ concurrency: 1, queueLimit: 3 });
    const calls = Array.from({ length: 10 }, () => narrow.hash(password));
    const settled = await Promise.allSettled(calls);
    expect(settled.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 4 }, () => 'fulfilled'),
      ...Array.from({ length: 6 }, () => 'rejected'),
    ]);
    for (const result of settled.slice(4)) {
      const { reason } = result as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(HasherBusyError);
      expect((reason as HasherBusyError).retryAfterSeconds).toBeGreaterThanOrEqual(1);
    }
    expect(await narrow.verifyNothing(password)).toBe(false);
  });

  it('computes no more hashes at once than there are cores', async () => {
    let [running, most] = [0, 0];
    const compute = Argon2id.prototype.hash;
    const watched = vi.spyOn(Argon2id.prototype, 'hash').mockImplementation(async function (this: Argon2id, text) {
      running += 1;
      most = Math.max(most, running);
      try {
        return await compute.call(this, text);
      } finally {
        running -= 1;
      }
    });
    try {
      await Promise.all(Array.from({ length: 20 }, () => hasher.hash(password)));
    } finally {
      watched.mockRestore();
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(availableParallelism());
  });

  it('gives its place to the next when a hash fails', async () => {
    const narrow = createPasswordHasher({ concurrency: 1, queueLimit: 3 });
    const broken = narrow.verify('not a hash', password);
    const next = narrow.hash(password);
    await expect(broken).rejects.toThrow();
    expect(await next).toMatch(/^\$argon2id/);
    expect(await narrow.hash(password)).toMatch(/^\$argon2id/);
  });
});

async function duration(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
