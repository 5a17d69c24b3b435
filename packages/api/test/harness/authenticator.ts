import { totpCodeAt } from '@promptory/auth';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What an authenticator app does with a set-up key: shows a code for a time. */
export function authenticatorOf(setupKey: string): { codeAt(now: Date): Promise<string> } {
  const bits = [...setupKey].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
  const key = Uint8Array.from(bytes);
  return { codeAt: (now) => totpCodeAt(key, now) };
}
