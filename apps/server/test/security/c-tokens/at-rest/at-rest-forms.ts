import { createHash } from 'node:crypto';

// How a secret may stand in a text: as it is, or in what programs make of it.

/** A secret that was issued or typed, and what it is. */
export interface Secret {
  readonly kind: string;
  readonly text: string;
}

const escaped = (text: string): string =>
  [...text].map((one) => String.raw`\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

/** base64 of the text at each of the three places where it may stand in a longer one, without what its neighbours change. */
function inBase64(text: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from(`${'\0'.repeat(before)}${text}`);
    const whole = bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function formsOf(text: string): string[] {
  const hex = Buffer.from(text).toString('hex');
  const decoded = Buffer.from(text, 'base64url');
  const isBytes = /^[\w-]{32,}$/.test(text) && decoded.toString('base64url') === text;
  return [
    text,
    ...inBase64(text),
    hex,
    hex.toUpperCase(),
    encodeURIComponent(text),
    escaped(text),
    [...text].toReversed().join(''),
    ...(isBytes ? [decoded.toString('hex'), decoded.toString('base64')] : []),
  ];
}

/** Secrets that can be guessed must not rest as a plain hash either. */
const isGuessable = (kind: string): boolean => /password|code|idempotency/.test(kind);

const hashesOf = (text: string): string[] =>
  ['sha256', 'sha1', 'md5'].flatMap((name) => {
    const digest = createHash(name).update(text).digest();
    return [digest.toString('hex'), digest.toString('base64').replace(/=+$/, ''), digest.toString('base64url')];
  });

/** A secret's parts: each of them alone would be too much to find. */
function partsOf({ kind, text }: Secret): string[] {
  if (kind === 'access token') return [text, text.split('.')[2] ?? text];
  if (kind === 'refresh token') return [text, ...text.replace('ptr_', '').split('.')];
  if (kind === 'API key') return [text, text.slice('pty_live_'.length, -6)];
  if (kind === 'recovery code') return [text, text.replaceAll('-', ''), text.toUpperCase()];
  return [text];
}

/** Looks for secrets in one long text. */
export function finderIn(haystack: string): (secret: Secret) => string | null {
  const numbers = new Set(haystack.match(/(?<![\w.-])\d{6}(?![\w-])/g));
  return (secret) => {
    // Six digits stand in every longer number; alone they would be the code.
    if (secret.kind === 'code') return numbers.has(secret.text) ? secret.text : null;
    const forms = partsOf(secret).flatMap((part) => [
      ...formsOf(part),
      ...(isGuessable(secret.kind) ? hashesOf(part) : []),
    ]);
    const found = forms.find((form) => haystack.includes(form));
    return found === undefined ? null : haystack.slice(Math.max(0, haystack.indexOf(found) - 120)).slice(0, 300);
  };
}
