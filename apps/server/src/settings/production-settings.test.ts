import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readEnv, SettingsError } from './env.ts';

const strong = (): string => randomBytes(48).toString('base64');
const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://app:t4kD-of-the-hill@10.0.0.5/promptory?sslmode=verify-full',
  JWT_SECRET: strong(),
  SMTP_CONFIG: 'smtps://mailer:m0ss-and-fern@mail.example.com',
  PUBLIC_URL: 'https://prompts.example.com',
  TRUST_PROXY: '10.0.0.0/8',
};

function faultsOf(change: Record<string, string>): string[] {
  try {
    readEnv({ ...production, ...change });
    return [];
  } catch (error) {
    if (error instanceof SettingsError)
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    throw error;
  }
}

const cautionsOf = (change: Record<string, string>): readonly string[] =>
  readEnv({ ...production, ...change }).warnings;

const weak = [
  'change-me-change-me-change-me-change-me',
  'please-replace-this-value-with-your-own-one',
  'your-256-bit-secret-goes-right-in-here-ok',
  'a-secret-of-thirty-two-bytes-or-more',
  'super_secret_jwt_key_for_this_server_9X',
  'Passw0rd-password-for-the-production-db',
  'promptory-promptory-production-key-2026',
  'openssl rand -base64 48 openssl rand 48',
  'keyboard cat keyboard cat keyboard cat!',
  'an-example-of-a-key-nobody-should-be-using',
  'a'.repeat(64),
  'ab'.repeat(32),
  'x7Kq'.repeat(12),
  'q8Zr-Lw2'.repeat(6),
  '0123456789abcdefghijklmnopqrstuvwxyz',
  'zyxwvutsrqponmlkjihgfedcba9876543210',
  '1111111111222222222233333333334444444444',
  '0'.repeat(40),
  'aAaAaAaAbBbBbBbBcCcCcCcCdDdDdDdDeEeEeEeE',
  '12121212121212343434343434345656565656',
];

describe('a start in production', () => {
  it('is allowed with what is asked for', () => {
    expect(faultsOf({})).toEqual([]);
    expect(cautionsOf({})).toEqual([]);
  });

  it.each(weak)('is refused with the signing secret %j', (secret) => {
    const faults = faultsOf({ JWT_SECRET: secret });
    expect(faults).toEqual([expect.stringMatching(/^JWT_SECRET .*openssl rand/)]);
    expect(faults.join()).not.toContain(secret);
    expect(faultsOf({ JWT_SECRET: `${strong()},${secret}` })).toEqual([expect.stringMatching(/^JWT_SECRET number 2 /)]);
    expect(faultsOf({ METRICS_TOKEN: secret })).toEqual([expect.stringMatching(/^METRICS_TOKEN /)]);
  });

  it('is refused with every secret that .env.example shows', () => {
    const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
    const shown = [...example.matchAll(/^#(DATABASE_URL|SMTP_CONFIG)=(.+)$/gm)];
    expect(shown).toHaveLength(2);
    for (const [, name = '', value = ''] of shown) {
      expect(faultsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name} has a password`))]);
    }
  });

  it('is refused with a short secret, once and by its length', () => {
    expect(faultsOf({ JWT_SECRET: 'short' })).toEqual([expect.stringContaining('at least 32 bytes')]);
    expect(faultsOf({ METRICS_TOKEN: 'hunter2' })[0]).toContain('at least 16 characters');
  });

  it('is refused when one secret serves twice', () => {
    const secret = strong();
    expect(faultsOf({ JWT_SECRET: `${secret},${secret}` })).toEqual(['JWT_SECRET has the same secret twice']);
    expect(faultsOf({ JWT_SECRET: secret, METRICS_TOKEN: secret })[0]).toContain('METRICS_TOKEN is a JWT_SECRET too');
  });

  it('is never refused for a secret that was drawn by chance', () => {
    for (let round = 0; round < 300; round += 1) {
      const bytes = randomBytes(32);
      const secret = round % 2 === 0 ? bytes.toString('base64') : bytes.toString('hex');
      expect(faultsOf({ JWT_SECRET: secret, METRICS_TOKEN: randomBytes(24).toString('base64url') })).toEqual([]);
    }
  });

  it.each(['postgres', 'password', 'PROMPTORY', 'secret', 'app', '%70assword', '123456'])(
    'is refused with the password %s in a connection',
    (password) => {
      expect(faultsOf({ DATABASE_URL: `postgresql://app:${password}@10.0.0.5/p` })[0]).toMatch(
        /^DATABASE_URL has a pass/,
      );
      expect(faultsOf({ DATABASE_URL: `postgresql://app@10.0.0.5/p?password=${password}` })[0]).toMatch(
        /^DATABASE_URL has a pass/,
      );
      expect(faultsOf({ DATABASE_REPLICA_URL: `postgresql://app:${password}@10.0.0.5/p` })[0]).toMatch(
        /^DATABASE_REPLICA/,
      );
      expect(faultsOf({ REDIS_URL: `rediss://app:${password}@10.0.0.5` })[0]).toMatch(/^REDIS_URL has a password/);
      expect(faultsOf({ SMTP_CONFIG: `smtps://app:${password}@10.0.0.5` })[0]).toMatch(/^SMTP_CONFIG has a password/);
    },
  );

  it('is allowed without a password where the machine itself lets in', () => {
    expect(faultsOf({ DATABASE_URL: 'postgresql:///promptory?host=/run/postgresql' })).toEqual([]);
    expect(faultsOf({ SMTP_CONFIG: 'smtp://127.0.0.1:25' })).toEqual([]);
  });

  it.each(['http://app.example.com', 'https://ok.example.com,http://10.0.0.7:5173', 'http://127.example.com'])(
    'is refused with the origin %s',
    (origins) => {
      expect(faultsOf({ CORS_ORIGINS: origins })).toEqual([expect.stringContaining('CORS_ORIGINS must be https')]);
    },
  );

  it('takes origins of this machine over http', () => {
    expect(faultsOf({ CORS_ORIGINS: 'https://app.example.com,http://localhost:5173,http://[::1]:5173' })).toEqual([]);
  });

  it('is refused with the whole list at once, and shows no value', () => {
    const faults = faultsOf({
      JWT_SECRET: 'change-me-change-me-change-me-change-me',
      METRICS_TOKEN: 'aaaaaaaaaaaaaaaaaaaa',
      DATABASE_URL: 'postgresql://postgres:postgres@db.example.com/promptory',
      SMTP_CONFIG: '',
      PUBLIC_URL: 'http://prompts.example.com',
      CORS_ORIGINS: 'http://app.example.com',
      TRUST_PROXY: 'true',
      TLS_CERT: '/etc/cert.pem',
    });
    const names = faults.map((fault) => fault.split(' ')[0]).toSorted();
    expect(names).toEqual([
      ...['CORS_ORIGINS', 'DATABASE_URL', 'JWT_SECRET', 'METRICS_TOKEN', 'PUBLIC_URL', 'SMTP_CONFIG'],
      ...['TLS_CERT', 'TRUST_PROXY'],
    ]);
    expect(faults.join('\n')).not.toMatch(/change-me|aaaa|postgres:|app\.example/);
  });

  it('asks none of this of development', () => {
    const lax = { ...production, NODE_ENV: 'development', JWT_SECRET: 'a'.repeat(32), PUBLIC_URL: 'http://10.0.0.1' };
    expect(readEnv(lax).warnings).toEqual([]);
  });
});

describe('a start in production is allowed, and says so,', () => {
  it.each([
    ['DATABASE_URL', 'postgresql://app:t4kD-of-the-hill@10.0.0.5/p'],
    ['DATABASE_URL', 'postgresql://app:t4kD-of-the-hill@db.internal/p?sslmode=disable'],
    ['DATABASE_REPLICA_URL', 'postgresql://app:t4kD-of-the-hill@10.0.0.6/p?sslmode=prefer'],
    ['REDIS_URL', 'redis://10.0.0.7:6379'],
    ['DATABASE_URL', 'postgresql:///p?host=10.0.0.5&user=app'],
    ['SMTP_CONFIG', 'smtp://mailer:m0ss-and-fern@mail.example.com'],
    ['SMTP_CONFIG', 'smtp://mailer:m0ss-and-fern@mail.example.com?requireTLS=false'],
    ['REQUIRE_EMAIL_VERIFICATION', 'false'],
    ['REQUIRE_EMAIL_VERIFICATION', '0'],
    ['REQUIRE_EMAIL_VERIFICATION', 'off'],
    ['TRUST_PROXY', ''],
    ['DATABASE_OWNER_URL', 'postgresql://owner:gr4y-heron-at-noon@localhost/p'],
  ])('with %s as %j', (name, value) => {
    expect(cautionsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name} `))]);
  });

  it('in staging that addresses need not be verified, where nothing says that they must', () => {
    const word = [expect.stringMatching(/^REQUIRE_EMAIL_VERIFICATION /)];
    expect(cautionsOf({ NODE_ENV: 'staging' })).toEqual(word);
    expect(cautionsOf({ NODE_ENV: 'staging', REQUIRE_EMAIL_VERIFICATION: 'true' })).toEqual([]);
  });

  it('not where mails are sent over TLS only, or the database is a socket', () => {
    expect(cautionsOf({ SMTP_CONFIG: 'smtp://mailer:m0ss-and-fern@mail.example.com?requireTLS=true' })).toEqual([]);
    expect(cautionsOf({ DATABASE_URL: 'postgresql:///p?host=/run/postgresql' })).toEqual([]);
  });

  it('not where this machine is named by its IPv4 address in an IPv6 one', () => {
    const mapped = '[::ffff:127.0.0.1]';
    const local = { DATABASE_URL: `postgresql://app:t4kD-of-the-hill@${mapped}/p`, PUBLIC_URL: `http://${mapped}` };
    expect(faultsOf(local)).toEqual([]);
    expect(cautionsOf({ ...local, TRUST_PROXY: '' })).toEqual([]);
  });

  it('not where everything stays on this machine', () => {
    const local = { DATABASE_URL: 'postgresql://app:t4kD-of-the-hill@localhost/p', REDIS_URL: 'redis://127.0.0.1' };
    expect(cautionsOf({ ...local, PUBLIC_URL: 'http://localhost:3000', TRUST_PROXY: '' })).toEqual([]);
  });
});
