import { describe, expect, it } from 'vitest';
import { collect, errorOf } from '../../../../../test/index.ts';
import { sourceText } from './source-text.ts';

async function* bytesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

async function read(bytes: Uint8Array, size = 7): Promise<{ text: string; encoding: string }> {
  const about = { encoding: 'utf-8' as const };
  const text = (await collect(sourceText(bytesOf(bytes, size), about))).join('');
  return { text, encoding: about.encoding };
}

const messageOf = async (bytes: Uint8Array): Promise<string> => {
  const { code, message } = await errorOf(read(bytes));
  expect(code).toBe('import.unreadable');
  return message;
};

const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('the encoding of a file', () => {
  const long = `title,content\nÄ😀,${'雪😀a'.repeat(40_000)}`;

  it.each(['a', 'title,content\nÄ😀,雪\r\n', long])('is UTF-8, or what its byte order mark says (%#)', async (text) => {
    for (const size of [1, 65_535, 1_000_000]) {
      if (size === 1 && text === long) continue;
      expect(await read(Buffer.from(text), size)).toEqual({ text, encoding: 'utf-8' });
      expect(await read(Buffer.from(`\u{feff}${text}`), size)).toEqual({ text, encoding: 'utf-8' });
      expect(await read(Buffer.from(`\u{feff}${text}`, 'utf16le'), size)).toEqual({ text, encoding: 'utf-16le' });
      expect(await read(swapped(`\u{feff}${text}`), size)).toEqual({ text, encoding: 'utf-16be' });
    }
  });

  it.each([
    ['UTF-16LE', Buffer.from('title,content\n', 'utf16le')],
    ['UTF-16BE', swapped('title,content\n')],
    ['UTF-32LE', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])],
    ['UTF-32BE', Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x61])],
    ['UTF-32LE', Buffer.from([0x61, 0, 0, 0, 0x62, 0, 0, 0])],
    ['UTF-32BE', Buffer.from([0, 0, 0, 0x61, 0, 0, 0, 0x62])],
    ['GB18030', Buffer.from([0x84, 0x31, 0x95, 0x33, 0x61])],
    ['a ZIP archive', Buffer.from([0x50, 0x4b, 3, 4, 0x14])],
    ['(.xls)', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1])],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0])],
  ])('is named where it is %s', async (name, bytes) => {
    expect(await messageOf(bytes)).toContain(name);
  });

  it.each([
    ['Windows-1252', latin1('title,content\nCafé,"Ein schöner Gruß aus München"\n')],
    ['Windows-1252', latin1('title,content\nA,caf\u00e9\n')],
    [
      'Windows-1251',
      Buffer.from('7469746c652c636f6e74656e740acff0e8e2e5f220ece8f020e820ece5edff20e7eee2f3f20a', 'hex'),
    ],
    ['GB18030', Buffer.from('7469746c652c636f6e74656e740ac4e3bac3a3accac0bde72cced2cac7d2bbb8f6cbcecef1a1a30a', 'hex')],
    ['Shift_JIS', Buffer.from('74692c0a93fa967b8cea82cc83658358836782c582b7', 'hex')],
  ])('is guessed where it is no UTF-8: %s', async (name, bytes) => {
    expect(await messageOf(bytes)).toMatch(new RegExp(`not UTF-8: byte \\d+ .* may be .*${name}.*Save it as UTF-8`));
  });

  it('is said to fail at the very byte, in whichever piece it stands', async () => {
    for (const before of [0, 1, 2, 65_533, 65_534, 65_535, 65_536, 65_537, 200_000]) {
      for (const start of ['', 'é', '雪', '😀']) {
        const good = Buffer.from(`${'a'.repeat(before)}${start}`);
        const message = await messageOf(Buffer.concat([good, Buffer.from([0xff, 0x61])]));
        expect(message).toContain(`byte ${good.byteLength + 1} (0xFF)`);
      }
    }
    const units = Buffer.from(`\u{feff}${'a'.repeat(40_000)}\udc00b`, 'utf16le');
    expect(await messageOf(units)).toMatch(/not UTF-16LE: byte 8000[2-4] /);
  });

  it('is said to fail where a character begins that does not go on, and not behind it', async () => {
    expect(await messageOf(Buffer.from([0x61, 0xc3, 0x21]))).toContain('byte 2 (0xC3)');
    expect(await messageOf(Buffer.from([0xf0, 0x9f, 0x98, 0x21]))).toContain('byte 1 (0xF0)');
    expect(await messageOf(Buffer.from([0xc3, 0xa9, 0x80]))).toContain('byte 3 (0x80)');
  });

  it('is not whole where a file ends within a character', async () => {
    for (const bytes of [Buffer.from('aé').subarray(0, 2), Buffer.from('\u{feff}ab', 'utf16le').subarray(0, 5)]) {
      expect(await messageOf(bytes)).toContain('it ends within a character');
    }
    expect(await messageOf(Buffer.from('\u{feff}a\ud83d', 'utf16le'))).toContain('it ends within a character');
  });

  it('does not make text of a mark alone', async () => {
    for (const bytes of [[0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff], []]) {
      expect(await messageOf(Buffer.from(bytes))).toBe('The file is empty.');
    }
  });
});
