import { createHash, createHmac, generateKeyPairSync, randomBytes, randomUUID, sign as signWith } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deriveKey } from '../secrets/derived-key.ts';
import { createAccessTokens } from './access-tokens.ts';

const SECRET = 'a secret of at least thirty-two bytes';
const OLDER = 'the secret that came before the other';
const settings = { secrets: [SECRET, OLDER], issuer: 'https://prompts.example', audience: 'promptory' };
const tokens = createAccessTokens(settings);
const now = new Date('2026-03-01T12:00:00.500Z');
const iat = Math.floor(now.getTime() / 1_000);
const [userId, sessionId] = [randomUUID(), randomUUID()];

const key = deriveKey(SECRET, 'promptory.access-token.v1');
const kid = createHash('sha256').update(key).digest('hex').slice(0, 16);
const header = { alg: 'HS256', typ: 'at+jwt', kid };
const claims = {
  iss: settings.issuer,
  aud: settings.audience,
  sub: userId,
  sid: sessionId,
  jti: randomUUID(),
  iat,
  exp: iat + 600,
};

function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** A JWT made by hand, with this key and hash whatever the header says. */
function forge(head: unknown, payload: unknown, withKey: Buffer | string = key, hash = 'sha256'): string {
  const signed = `${part(head)}.${part(payload)}`;
  return `${signed}.${createHmac(hash, withKey).update(signed).digest('base64url')}`;
}

function without(name: keyof typeof claims): object {
  return Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));
}

const good = forge(header, claims);
const [goodHeader = '', goodPayload = '', goodSignature = ''] = good.split('.');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaInput = `${part({ ...header, alg: 'RS256' })}.${goodPayload}`;

const forged: [what: string, token: string][] = [
  ['nothing', ''],
  ['a blank', ' '],
  ['a word', 'garbage'],
  ['dots', '..'],
  ['many dots', '.'.repeat(1_000)],
  ['two parts', `${goodHeader}.${goodPayload}`],
  ['an empty signature', `${goodHeader}.${goodPayload}.`],
  ['four parts', `${good}.${goodSignature}`],
  ['five parts (a JWE)', `${good}.${goodSignature}.${goodSignature}`],
  ['a scheme in front', `Bearer ${good}`],
  ['a blank in front', ` ${good}`],
  ['a line feed behind', `${good}\n`],
  ['NUL inside', `${goodHeader}.${goodPayload}\0.${goodSignature}`],
  ['a lone surrogate', `${good}\ud800`],
  ['no base64', `!!!.${goodPayload}.${goodSignature}`],
  ['a header that is no JSON', forge('{', claims)],
  ['a header that is an array', forge([header], claims)],
  ['a header that is null', forge('null', claims)],
  ['a payload that is no JSON', forge(header, '{')],
  ['a payload that is a string', forge(header, '"claims"')],
  ['a payload that is an array', forge(header, [claims])],
  ['a payload that is null', forge(header, 'null')],
  ['a payload of invalid UTF-8', `${goodHeader}.${Buffer.from([0xff, 0xfe]).toString('base64url')}.${goodSignature}`],
  ['100 kB of letters', 'a'.repeat(100_000)],
  ['a 100 kB payload, rightly signed', forge(header, { ...claims, pad: 'x'.repeat(100_000) })],
  ['a deeply nested payload', forge(header, `${'['.repeat(500)}${']'.repeat(500)}`)],
  ['alg none', `${part({ alg: 'none', typ: 'at+jwt' })}.${goodPayload}.`],
  ['alg None with our kid', `${part({ ...header, alg: 'None' })}.${goodPayload}.${goodSignature}`],
  ['no alg', forge({ typ: 'at+jwt', kid }, claims)],
  ['HS384 by our key', forge({ ...header, alg: 'HS384' }, claims, key, 'sha384')],
  ['HS512 by our key', forge({ ...header, alg: 'HS512' }, claims, key, 'sha512')],
  ['hs256 in small letters', forge({ ...header, alg: 'hs256' }, claims)],
  ['RS256', `${rsaInput}.${signWith('sha256', Buffer.from(rsaInput), rsa.privateKey).toString('base64url')}`],
  ['another key', forge(header, claims, randomBytes(32))],
  ['the secret itself as the key', forge(header, claims, SECRET)],
  ['a key derived for something else', forge(header, claims, deriveKey(SECRET, 'promptory.cursor.v1'))],
  ['an empty key', forge(header, claims, '')],
  ['the older key under the newer kid', forge(header, claims, deriveKey(OLDER, 'promptory.access-token.v1'))],
  ['no kid', forge({ alg: 'HS256', typ: 'at+jwt' }, claims)],
  ['an unknown kid', forge({ ...header, kid: '0123456789abcdef' }, claims)],
  ['a kid named __proto__', forge(`{"alg":"HS256","typ":"at+jwt","kid":"__proto__"}`, claims)],
  ['a kid that is a path', forge({ ...header, kid: '../../dev/null' }, claims, '')],
  ['a kid that is a number', forge({ ...header, kid: 1 }, claims)],
  [
    'its own key in the header',
    forge({ ...header, kid: 'x', jwk: { kty: 'oct', k: part('mine') } }, claims, Buffer.from('mine')),
  ],
  ['an unknown critical header', forge({ ...header, crit: ['exp2'], exp2: 1 }, claims)],
  ['an unencoded payload (b64)', forge({ ...header, b64: false, crit: ['b64'] }, claims)],
  ['typ JWT', forge({ ...header, typ: 'JWT' }, claims)],
  ['no typ', forge({ alg: 'HS256', kid }, claims)],
  ['a changed payload', `${goodHeader}.${part({ ...claims, sub: randomUUID() })}.${goodSignature}`],
  ['a changed header', `${part({ ...header, x: 1 })}.${goodPayload}.${goodSignature}`],
  ['a cut signature', good.slice(0, -4)],
  ['a signature of zeros', `${goodHeader}.${goodPayload}.${Buffer.alloc(32).toString('base64url')}`],
  ...(['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp'] as const).map((name): [string, string] => [
    `no ${name}`,
    forge(header, without(name)),
  ]),
  ['another issuer', forge(header, { ...claims, iss: 'https://evil.example' })],
  ['another audience', forge(header, { ...claims, aud: 'promptory-mail' })],
  ['many audiences', forge(header, { ...claims, aud: [settings.audience, 'evil'] })],
  ['exp of now', forge(header, { ...claims, exp: iat })],
  ['exp of the past', forge(header, { ...claims, iat: iat - 700, exp: iat - 100 })],
  ['a life of a year', forge(header, { ...claims, exp: iat + 31_536_000 })],
  ['exp as text', forge(header, { ...claims, exp: String(iat + 600) })],
  ['exp without end', forge(header, JSON.stringify({ ...claims }).replace(/"exp":\d+/, '"exp":1e400'))],
  ['exp null', forge(header, { ...claims, exp: null })],
  ['exp that is no whole second', forge(header, { ...claims, exp: iat + 599.5 })],
  ['iat in an hour', forge(header, { ...claims, iat: iat + 3_600, exp: iat + 3_900 })],
  ['a claim twice', forge(header, JSON.stringify(claims).replace('{', `{"sub":"${randomUUID()}",`))],
  ['blanks between claims', forge(header, JSON.stringify(claims, null, 1))],
  ['an escaped letter in a claim', forge(header, JSON.stringify(claims).replace('"sub"', '"\\u0073ub"'))],
  ['the header in another order', forge({ kid, typ: 'at+jwt', alg: 'HS256' }, claims)],
  ['iat as text', forge(header, { ...claims, iat: 'now' })],
  ['nbf in the future', forge(header, { ...claims, nbf: iat + 300 })],
  ['sub that is no id', forge(header, { ...claims, sub: 'root' })],
  ['sub that is an object', forge(header, { ...claims, sub: { id: userId } })],
  ['sid that is no id', forge(header, { ...claims, sid: "' or 1=1" })],
  ['sid that is a number', forge(header, { ...claims, sid: 1 })],
  ['an empty jti', forge(header, { ...claims, jti: '' })],
  ['jti that is a number', forge(header, { ...claims, jti: 7 })],
  ['a refresh token', `ptr_${'a'.repeat(52)}.${'b'.repeat(43)}`],
  ['an API key', `pty_live_${'a'.repeat(38)}`],
];

describe('createAccessTokens', () => {
  it('makes a token for ten minutes with the seven claims, a kid and its type, and no role', async () => {
    const { token, expiresAt } = await tokens.sign({ userId, sessionId, now });
    const [head = '', payload = ''] = token.split('.');
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual(header);
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({ ...claims, jti: expect.any(String) });
    expect(expiresAt).toEqual(new Date('2026-03-01T12:10:00.000Z'));
  });

  it('verifies what it signed until the very second it ends', async () => {
    const { token, expiresAt } = await tokens.sign({ userId, sessionId, now });
    const verified = await tokens.verify(token, new Date(expiresAt.getTime() - 1_000));
    expect(verified).toEqual({ userId, sessionId, expiresAt, jti: expect.any(String) });
    expect(await tokens.verify(token, expiresAt)).toBeNull();
  });

  it('verifies a token made by hand to the same rules, which the forged ones below differ from in one thing each', async () => {
    expect(await tokens.verify(good, now)).toMatchObject({ userId, sessionId, jti: claims.jti });
  });

  it.each(forged)('answers null to %s', async (_what, token) => {
    expect(await tokens.verify(token, now)).toBeNull();
  });

  it('answers null to 2,000 tokens with one character changed', async () => {
    for (let round = 0; round < 2_000; round += 1) {
      const at = round % good.length;
      if (good[at] === '.') continue;
      const changed = `${good.slice(0, at)}${good[at] === 'A' ? 'B' : 'A'}${good.slice(at + 1)}`;
      expect(await tokens.verify(changed, now), changed).toBeNull();
    }
  });

  it('knows one text for a token: the spare bits of base64url are not ignored', async () => {
    for (const [at, text] of good.split('.').entries()) {
      for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
        const last = `${text.slice(0, -1)}${letter}`;
        if (last === text) continue;
        expect(await tokens.verify(good.split('.').with(at, last).join('.'), now)).toBeNull();
      }
    }
  });

  it('allows the clock of who signed to be a minute ahead', async () => {
    const ahead = (seconds: number) => forge(header, { ...claims, iat: iat + seconds, exp: iat + seconds + 600 });
    expect(await tokens.verify(ahead(60), now)).toMatchObject({ userId });
    expect(await tokens.verify(ahead(61), now)).toBeNull();
  });

  it('answers null to what is no text at all', async () => {
    for (const value of [undefined, null, 1, {}, [good], Symbol('x')]) {
      expect(await tokens.verify(value as string, now)).toBeNull();
    }
  });

  it('verifies with every secret and signs with the first, so that secrets can be rotated', async () => {
    const before = createAccessTokens({ ...settings, secrets: [OLDER] });
    const { token } = await before.sign({ userId, sessionId, now });
    expect(await tokens.verify(token, now)).toMatchObject({ userId });
    const { token: newer } = await tokens.sign({ userId, sessionId, now });
    expect(await before.verify(newer, now)).toBeNull();
  });

  it('refuses to start without a secret or with a short one', () => {
    expect(() => createAccessTokens({ ...settings, secrets: [] })).toThrow(RangeError);
    expect(() => createAccessTokens({ ...settings, secrets: [SECRET, 'short'] })).toThrow(RangeError);
  });
});

describe('deriveKey', () => {
  it('makes the same key for the same purpose, and another for each other purpose and secret', () => {
    const made = deriveKey(SECRET, 'one');
    expect(made).toHaveLength(32);
    expect(deriveKey(SECRET, 'one')).toEqual(made);
    expect(deriveKey(SECRET, 'two')).not.toEqual(made);
    expect(deriveKey(OLDER, 'one')).not.toEqual(made);
  });
});
