import { createHash, createHmac, generateKeyPairSync, randomBytes, randomUUID, sign as signWith } from 'node:crypto';
import { deriveKey } from '@promptory/auth';
import { newId } from '@promptory/db';

// Access tokens that are not ours, or not for this. Most are signed with the very key of the server, so that only what
// is wrong with them can refuse them.

/** What a forger knows: more than anyone should. */
export interface ForgeryMaterial {
  readonly secret: string;
  /** A secret that signed before and still verifies. */
  readonly older: string;
  readonly issuer: string;
  readonly audience: string;
  readonly userId: string;
  readonly sessionId: string;
  /** A live session of somebody else. */
  readonly other: { readonly userId: string; readonly sessionId: string };
  /** Of the same user, live, and none of them an access token. */
  readonly refreshToken: string;
  readonly apiKey: string;
  /** A token of the server itself. */
  readonly real: string;
  /** In seconds. */
  readonly now: number;
}

const KEY_LABEL = 'promptory.access-token.v1';

export const accessKey = (secret: string): Buffer => deriveKey(secret, KEY_LABEL);
export const keyIdOf = (key: Buffer): string => createHash('sha256').update(key).digest('hex').slice(0, 16);

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const signedBy =
  (key: Buffer | string, hash = 'sha256') =>
  (text: string): string =>
    `${text}.${createHmac(hash, key).update(text).digest('base64url')}`;

/** A token of our own making that must be let in, else the forged ones would prove nothing. */
export function honestToken(material: ForgeryMaterial): string {
  const key = accessKey(material.secret);
  return signedBy(key)(`${part(headerOf(key))}.${part(claimsOf(material))}`);
}

const headerOf = (key: Buffer) => ({ alg: 'HS256', typ: 'at+jwt', kid: keyIdOf(key) });

const claimsOf = ({ issuer, audience, userId, sessionId, now }: ForgeryMaterial) => ({
  sid: sessionId,
  iss: issuer,
  aud: audience,
  sub: userId,
  jti: randomUUID(),
  iat: now,
  exp: now + 600,
});

/** Each forged token under a name. */
export function forgedTokens(material: ForgeryMaterial): Record<string, string> {
  const key = accessKey(material.secret);
  const [header, claims] = [headerOf(key), claimsOf(material)];
  const sign = signedBy(key);
  const withHead = (change: object, by = sign) => by(`${part({ ...header, ...change })}.${part(claims)}`);
  const withClaims = (change: object) => sign(`${part(header)}.${part({ ...claims, ...change })}`);
  const withText = (text: string) => sign(`${part(header)}.${part(text)}`);
  const without = (from: object, name: string) =>
    Object.fromEntries(Object.entries(from).filter(([each]) => each !== name));
  const good = sign(`${part(header)}.${part(claims)}`);
  const [head = '', payload = '', signature = ''] = good.split('.');
  const { now } = material;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const signedByRsa = (text: string) =>
    `${text}.${signWith('sha256', Buffer.from(text), rsa.privateKey).toString('base64url')}`;
  const unsigned = (alg: string) => `${part({ ...header, alg })}.${payload}.`;

  return {
    // Algorithms.
    'alg none': unsigned('none'),
    'alg None': unsigned('None'),
    'alg NONE': unsigned('NONE'),
    'alg nOnE': unsigned('nOnE'),
    'alg none, with the signature': `${part({ ...header, alg: 'none' })}.${payload}.${signature}`,
    'alg none, signed': withHead({ alg: 'none' }),
    'no alg': sign(`${part(without(header, 'alg'))}.${payload}`),
    'alg null': withHead({ alg: null }),
    'alg empty': withHead({ alg: '' }),
    'alg a list': withHead({ alg: ['HS256'] }),
    'hs256 in small letters': withHead({ alg: 'hs256' }),
    HS384: withHead({ alg: 'HS384' }, signedBy(key, 'sha384')),
    HS512: withHead({ alg: 'HS512' }, signedBy(key, 'sha512')),
    'RS256 by the HMAC key': withHead({ alg: 'RS256' }),
    'RS256 by another pair': withHead({ alg: 'RS256' }, signedByRsa),
    'HS256 by a public key': withHead({}, signedBy(pem)),
    'PS256 and ES256 names': withHead({ alg: 'PS256' }),
    ES256: withHead({ alg: 'ES256' }),
    EdDSA: withHead({ alg: 'EdDSA' }),
    // Keys.
    'another key': withHead({}, signedBy(randomBytes(32))),
    'the secret as the key': withHead({}, signedBy(material.secret)),
    'a key of another purpose': withHead({}, signedBy(deriveKey(material.secret, 'promptory.cursor.v1'))),
    'an empty key': withHead({}, signedBy('')),
    'a key of zeros': withHead({}, signedBy(Buffer.alloc(32))),
    'the older key under the newer id': withHead({}, signedBy(accessKey(material.older))),
    'the newer key under the older id': withHead({ kid: keyIdOf(accessKey(material.older)) }),
    'no kid': sign(`${part(without(header, 'kid'))}.${payload}`),
    'kid unknown': withHead({ kid: '0123456789abcdef' }),
    'kid empty': withHead({ kid: '' }),
    'kid null': withHead({ kid: null }),
    'kid in capitals': withHead({ kid: header.kid.toUpperCase() }),
    'kid a path': withHead({ kid: '../../../../dev/null' }, signedBy('')),
    'kid an address': withHead({ kid: 'https://evil.example/key' }),
    'kid SQL': withHead({ kid: "' UNION SELECT 'x' -- " }, signedBy('x')),
    'kid a command': withHead({ kid: '$(id)' }),
    'kid __proto__': sign(`${part(`{"alg":"HS256","typ":"at+jwt","kid":"__proto__"}`)}.${payload}`),
    'kid NUL': withHead({ kid: `${header.kid}\0` }),
    'kid a list': withHead({ kid: [header.kid] }),
    'kid of 1,000 letters': withHead({ kid: 'k'.repeat(1_000) }),
    'kid twice': sign(`${part(JSON.stringify(header).replace('{', '{"kid":"x",'))}.${payload}`),
    'a jwk': withHead({ jwk: { kty: 'oct', k: part('mine') } }, signedBy('mine')),
    'a jwk beside a good signature': withHead({ jwk: rsa.publicKey.export({ format: 'jwk' }) }),
    'a jku': withHead({ jku: 'https://evil.example/jwks.json' }),
    'an x5u': withHead({ x5u: 'https://evil.example/cert.pem' }),
    'an x5c': withHead({ x5c: [part(pem)] }),
    // Other headers.
    'crit unknown': withHead({ crit: ['exp2'], exp2: 1 }),
    'crit b64': withHead({ b64: false, crit: ['b64'] }),
    'crit empty': withHead({ crit: [] }),
    'a zip': withHead({ zip: 'DEF' }),
    'a cty': withHead({ cty: 'JWT' }),
    'typ JWT': withHead({ typ: 'JWT' }),
    'typ at+JWT': withHead({ typ: 'AT+JWT' }),
    'typ application/at+jwt': withHead({ typ: 'application/at+jwt' }),
    'no typ': sign(`${part(without(header, 'typ'))}.${payload}`),
    'a header in another order': sign(`${part({ kid: header.kid, typ: header.typ, alg: header.alg })}.${payload}`),
    'a header that is null': sign(`${part('null')}.${payload}`),
    'a header that is a list': sign(`${part([header])}.${payload}`),
    'a header that is no JSON': sign(`${part('{"alg":')}.${payload}`),
    'a header with blanks': sign(`${part(JSON.stringify(header, null, 1))}.${payload}`),
    // Claims.
    ...Object.fromEntries(
      Object.keys(claims).map((name) => [`no ${name}`, sign(`${head}.${part(without(claims, name))}`)]),
    ),
    ...Object.fromEntries(Object.keys(claims).map((name) => [`${name} null`, withClaims({ [name]: null })])),
    ...Object.fromEntries(Object.keys(claims).map((name) => [`${name} an object`, withClaims({ [name]: {} })])),
    ...Object.fromEntries(Object.keys(claims).map((name) => [`${name} true`, withClaims({ [name]: true })])),
    'another issuer': withClaims({ iss: 'https://evil.example' }),
    'an issuer with a slash': withClaims({ iss: `${material.issuer}/` }),
    'a list of issuers': withClaims({ iss: [material.issuer] }),
    'another audience': withClaims({ aud: 'https://evil.example' }),
    'a list of audiences': withClaims({ aud: [material.audience, 'https://evil.example'] }),
    'a list of our audience': withClaims({ aud: [material.audience] }),
    'an audience that begins so': withClaims({ aud: `${material.audience}.evil.example` }),
    'sub and sid swapped': withClaims({ sub: claims.sid, sid: claims.sub }),
    'sub of somebody else': withClaims({ sub: material.other.userId }),
    'sid of somebody else': withClaims({ sid: material.other.sessionId }),
    'sub of nobody': withClaims({ sub: newId() }),
    'sid of no session': withClaims({ sid: newId() }),
    'sub in capitals': withClaims({ sub: claims.sub.toUpperCase() }),
    'sub SQL': withClaims({ sub: "' or 1=1 --" }),
    'sid a list': withClaims({ sid: [claims.sid] }),
    'sid a pattern': withClaims({ sid: '%' }),
    'sid with NUL': withClaims({ sid: `${claims.sid}\0` }),
    'jti empty': withClaims({ jti: '' }),
    'exp now': withClaims({ iat: now - 600, exp: now }),
    'exp in the past': withClaims({ iat: now - 700, exp: now - 100 }),
    'exp far in the future': withClaims({ exp: now + 31_536_000 }),
    'exp without end': withText(JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e400')),
    'exp as text': withClaims({ exp: String(now + 600) }),
    'exp with a fraction': withClaims({ exp: now + 599.5 }),
    'exp negative': withClaims({ exp: -1 }),
    'exp in milliseconds': withClaims({ exp: (now + 600) * 1_000 }),
    'exp beyond all integers': withClaims({ exp: 2 ** 60, iat: 2 ** 60 - 600 }),
    'a life of 601 seconds': withClaims({ exp: now + 601 }),
    'a life of two hours, begun long ago': withClaims({ iat: now - 6_600, exp: now + 600 }),
    'iat in two minutes': withClaims({ iat: now + 120, exp: now + 720 }),
    'iat in an hour': withClaims({ iat: now + 3_600, exp: now + 4_200 }),
    'iat after exp': withClaims({ iat: now + 5_000, exp: now + 600 }),
    'iat as text': withClaims({ iat: String(now) }),
    'iat with a fraction': withClaims({ iat: now + 0.25 }),
    'nbf in the future': withClaims({ nbf: now + 300 }),
    'nbf as text': withClaims({ nbf: 'now' }),
    'a claim twice, the last ours': withText(JSON.stringify(claims).replace('{', `{"sub":"${material.other.userId}",`)),
    'a claim twice, the first ours': withText(
      JSON.stringify(claims).replace(/}$/, `,"sub":"${material.other.userId}"}`),
    ),
    'a claim escaped': withText(JSON.stringify(claims).replace('"sub"', String.raw`"\u0073ub"`)),
    'claims with blanks': withText(JSON.stringify(claims, null, 2)),
    'claims with a byte order mark': withText(`\ufeff${JSON.stringify(claims)}`),
    'claims and more behind': withText(`${JSON.stringify(claims)}{}`),
    'claims that are no JSON': withText('{'),
    'claims that are null': withText('null'),
    'claims in a list': withText(JSON.stringify([claims])),
    'claims that are a text': withText(JSON.stringify(JSON.stringify(claims))),
    'claims nested 500 deep': withText(`${'['.repeat(500)}${']'.repeat(500)}`),
    'claims of no UTF-8': sign(`${head}.${Buffer.from([0xff, 0xfe, 0xc0]).toString('base64url')}`),
    'claims with 3 kB of padding': withClaims({ pad: 'x'.repeat(3_000) }),
    // Form.
    'the payload of another, our signature': `${head}.${part({ ...claims, sub: material.other.userId })}.${signature}`,
    'a cut signature': good.slice(0, -4),
    'half a signature': good.slice(0, -22),
    'no signature': `${head}.${payload}.`,
    'two parts': `${head}.${payload}`,
    'one part': head,
    'four parts': `${good}.${signature}`,
    'five parts, as a JWE': `${head}.${part('key')}.${part('iv')}.${payload}.${signature}`,
    'a JWE of dir': `${part({ alg: 'dir', enc: 'A256GCM', kid: header.kid })}..${part('iv')}.${payload}.${signature}`,
    'a signature of zeros': `${head}.${payload}.${Buffer.alloc(32).toString('base64url')}`,
    'a signature of another token': `${head}.${payload}.${material.real.split('.')[2]}`,
    'a signature in hex': `${head}.${payload}.${Buffer.from(signature, 'base64url').toString('hex')}`,
    'a signature twice': `${good}${signature}`,
    'trailing bytes': `${good}AAAA`,
    'padding behind': `${good}=`,
    'padding in the header': `${head}==.${payload}.${signature}`,
    'the other alphabet': `${good.slice(0, 60)}+/${good.slice(62)}`,
    'a blank inside': `${good.slice(0, 80)} ${good.slice(80)}`,
    'a tab inside': `${good.slice(0, 80)}\t${good.slice(80)}`,
    'quotes around it': `"${good}"`,
    'two tokens with a comma': `${good},${good}`,
    'two tokens with a blank': `${good} ${good}`,
    'an empty first part': `.${payload}.${signature}`,
    'dots alone': '..',
    'a thousand dots': '.'.repeat(1_000),
    '3 MB of letters': 'a'.repeat(3_000_000),
    '3 MB of a token': `${head}.${'a'.repeat(3_000_000)}.${signature}`,
    'the token in base64': Buffer.from(good).toString('base64'),
    'the token URL-encoded': good.replaceAll('.', '%2E'),
    'JSON serialisation': JSON.stringify({ protected: head, payload, signature }),
    // Other things of ours in its place.
    'a refresh token': material.refreshToken,
    'a refresh token, its second part': material.refreshToken.split('.')[1] ?? '',
    'a refresh token in three parts': `${material.refreshToken}.${signature}`,
    'an API key cut by one': material.apiKey.slice(0, -1),
    'an API key in another case': material.apiKey.toUpperCase(),
    'an API key of another prefix': material.apiKey.replace('pty_live_', 'pty_test_'),
    'a code of a second factor': '492039',
    'a recovery code': 'abcd-efgh-jkmn',
    'the id of the session': material.sessionId,
    'the id of the user': material.userId,
    'the signing secret': material.secret.replaceAll(' ', ''),
    null: 'null',
    undefined: 'undefined',
  };
}

/** Whole Authorization headers that name no token, or one where none belongs. */
export function oddHeaders(token: string): Record<string, string> {
  return {
    'no scheme': token,
    'no token': 'Bearer',
    'no token but blanks': 'Bearer    ',
    'Basic with a token': `Basic ${token}`,
    'Basic with a password': `Basic ${Buffer.from('alice:secret').toString('base64')}`,
    DPoP: `DPoP ${token}`,
    'another scheme first': `Basic x, Bearer ${token}`,
    'another scheme behind': `Bearer ${token}, Basic x`,
    'a tab for the blank': `Bearer\t${token}`,
    'a colon': `Bearer: ${token}`,
    'an equals sign': `Bearer=${token}`,
    'Bearer twice': `Bearer Bearer ${token}`,
    'angle brackets': `Bearer <${token}>`,
    empty: '',
    blank: ' ',
  };
}
