/** A pattern of ECMAScript (flag `u`) as RE2 writes it, and how many characters it holds once its counts are written out. */
export interface Re2Pattern {
  readonly source: string;
  readonly size: number;
}

/** Why a pattern is refused; the message is for its author. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

const ANY = String.raw`\x{0}-\x{10ffff}`;
const SPACE = String.raw`\x{9}-\x{d} \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;
const NO_SPACE = String.raw`\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`;
const NO_LINE_END = String.raw`[^\x{a}\x{d}\x{2028}\x{2029}]`;
const CONTROLS = new Map([
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
]);
const SYNTAX = new Set('^$\\.*+?()[]{}|/');

/** One thing that a pattern says: what may be repeated, and what may not. */
type Piece = { set: string } | { code: number } | { assertion: string };

/**
 * Writes a pattern of ECMA-262 with the flag `u` as RE2 reads it, so that it matches the same texts. What RE2 understands
 * otherwise (`.`, `\s`, escapes, properties) is written out.
 *
 * @throws PatternError for what takes more than linear time (look-around, back-references) and for what is no pattern
 */
export function toRe2(pattern: string): Re2Pattern {
  return new PatternReader(Array.from(pattern)).read();
}

class PatternReader {
  private readonly text: readonly string[];
  private at = 0;
  private written = '';
  /** Sizes of the groups that are open: all that is in them, and the last piece, which a count multiplies. */
  private readonly sizes = [{ all: 0, last: 0 }];
  private repeatable = false;

  constructor(text: readonly string[]) {
    this.text = text;
  }

  read(): Re2Pattern {
    for (let next = this.text[this.at]; next !== undefined; next = this.text[this.at]) this.readNext(next);
    if (this.sizes.length !== 1) throw new PatternError('a group is not closed');
    return { source: this.written, size: this.size.all };
  }

  private get size(): { all: number; last: number } {
    return this.sizes.at(-1) as { all: number; last: number };
  }

  private readNext(next: string): void {
    this.at++;
    if (next === '(') this.openGroup();
    else if (next === ')') this.closeGroup();
    else if (next === '|') this.write('|', false);
    else if (next === '^' || next === '$') this.write(next, false);
    else if ('*+?'.includes(next)) this.repeat(next, 1);
    else if (next === '{') this.count();
    else if (next === '}' || next === ']') throw new PatternError(`${next} stands alone: write \\${next}`);
    else if (next === '.') this.writeSized(NO_LINE_END);
    else if (next === '[') this.writeSized(this.readClass());
    else if (next === '\\') this.writePiece(this.readEscape(false));
    else this.writePiece({ code: codeOf(next) });
  }

  private write(text: string, repeatable: boolean): void {
    this.written += text;
    this.repeatable = repeatable;
  }

  private writeSized(text: string, size = 1): void {
    this.size.last = size;
    this.size.all += size;
    this.write(text, true);
  }

  private writePiece(piece: Piece): void {
    if ('assertion' in piece) this.write(piece.assertion, false);
    else this.writeSized('set' in piece ? `[${piece.set}]` : hex(piece.code));
  }

  private openGroup(): void {
    if (this.text[this.at] === '?') {
      const kind = this.text.slice(this.at + 1, this.at + 3).join('');
      if (kind.startsWith(':')) this.at += 2;
      else if (kind.startsWith('<') && kind !== '<=' && kind !== '<!') this.skipName();
      else if (/^(?:[=!]|<)/.test(kind)) throw new PatternError('looking ahead or behind is not linear');
      else throw new PatternError(`(?${kind} is not known here`);
    }
    this.sizes.push({ all: 0, last: 0 });
    this.write('(?:', false);
  }

  private skipName(): void {
    const end = this.text.indexOf('>', this.at);
    if (end < 0) throw new PatternError("a group's name is not closed");
    this.at = end + 1;
  }

  private closeGroup(): void {
    const closed = this.sizes.pop();
    if (closed === undefined || this.sizes.length === 0) throw new PatternError(') closes no group');
    this.writeSized(')', Math.max(1, closed.all));
  }

  private repeat(text: string, times: number): void {
    if (!this.repeatable) throw new PatternError(`${text} repeats nothing`);
    this.size.all += this.size.last * (times - 1);
    if (this.text[this.at] === '?') this.at++;
    this.write(text, false);
  }

  private count(): void {
    const end = this.text.indexOf('}', this.at);
    const [, from, comma, to] = /^(\d{1,9})(,(\d{0,9}))?$/.exec(this.text.slice(this.at, end).join('')) ?? [];
    if (end < 0 || from === undefined) throw new PatternError('{ stands alone: write \\{');
    this.at = end + 1;
    const most = comma === undefined || to === '' ? Number(from) : Number(to);
    this.repeat(`{${Number(from)}${comma === undefined ? '' : to === '' ? ',' : `,${Number(to)}`}}`, Math.max(1, most));
  }

  /** What follows a `[`, to its end, as a class of RE2. */
  private readClass(): string {
    const negated = this.text[this.at] === '^';
    if (negated) this.at++;
    let members = '';
    while (this.text[this.at] !== ']') {
      const from = this.readMember();
      if (this.text[this.at] === '-' && this.text[this.at + 1] !== ']' && this.at + 1 < this.text.length) {
        this.at++;
        const to = this.readMember();
        if (!('code' in from && 'code' in to)) throw new PatternError('a range goes from a character to a character');
        if (from.code > to.code) throw new PatternError('a range is the wrong way round');
        members += `${hex(from.code)}-${hex(to.code)}`;
      } else members += 'code' in from ? hex(from.code) : from.set;
    }
    this.at++;
    if (members === '') return negated ? `[${ANY}]` : `[^${ANY}]`;
    return `[${negated ? '^' : ''}${members}]`;
  }

  private readMember(): { set: string } | { code: number } {
    const next = this.text[this.at++];
    if (next === undefined) throw new PatternError('[ is not closed');
    const piece = next === '\\' ? this.readEscape(true) : { code: codeOf(next) };
    if ('assertion' in piece) throw new PatternError('\\B stands in a class');
    return piece;
  }

  private readEscape(inClass: boolean): Piece {
    const next = this.text[this.at++];
    if (next === undefined) throw new PatternError('\\ stands at the end');
    if (next === 's') return { set: SPACE };
    if (next === 'S') return { set: NO_SPACE };
    if ('dDwW'.includes(next)) return { set: `\\${next}` };
    if (next === 'b' && inClass) return { code: 8 };
    if (next === 'b' || next === 'B') return { assertion: `\\${next}` };
    if (next === 'p' || next === 'P') return { set: this.readProperty(next) };
    if (SYNTAX.has(next) || (next === '-' && inClass)) return { code: codeOf(next) };
    const control = CONTROLS.get(next);
    if (control !== undefined) return { code: control };
    if (next === 'c') return { code: codeOf(this.take(/^[A-Za-z]$/, 1)) % 32 };
    if (next === 'x') return { code: Number.parseInt(this.take(/^[\da-fA-F]{2}$/, 2), 16) };
    if (next === 'u') return { code: this.readUnicode() };
    if (next === '0' && !/^\d$/.test(this.text[this.at] ?? '')) return { code: 0 };
    if (/^[\dk]$/.test(next)) throw new PatternError('a back-reference is not linear');
    throw new PatternError(`\\${next} is no escape`);
  }

  private readUnicode(): number {
    if (this.text[this.at] === '{') {
      const end = this.text.indexOf('}', this.at);
      const digits = this.text.slice(this.at + 1, end).join('');
      if (end < 0 || !/^[\da-fA-F]{1,8}$/.test(digits) || Number.parseInt(digits, 16) > 0x10ffff) {
        throw new PatternError('\\u{…} names no character');
      }
      this.at = end + 1;
      return whole(Number.parseInt(digits, 16));
    }
    const first = Number.parseInt(this.take(/^[\da-fA-F]{4}$/, 4), 16);
    if (first < 0xd800 || first > 0xdbff || this.text[this.at] !== '\\' || this.text[this.at + 1] !== 'u') {
      return whole(first);
    }
    this.at += 2;
    const second = Number.parseInt(this.take(/^[\da-fA-F]{4}$/, 4), 16);
    if (second < 0xdc00 || second > 0xdfff) throw new PatternError('\\u names half a character');
    return 0x10000 + (first - 0xd800) * 0x400 + (second - 0xdc00);
  }

  private readProperty(letter: string): string {
    const end = this.text.indexOf('}', this.at);
    const [, key, name] = /^\{(?:(\w+)=)?(\w+)$/.exec(this.text.slice(this.at, Math.max(end, this.at)).join('')) ?? [];
    if (name === undefined || !['gc', 'General_Category', 'sc', 'Script', undefined].includes(key)) {
      throw new PatternError(`\\${letter} names no category and no script`);
    }
    const isScript = key === 'sc' || key === 'Script';
    if (isScript ? name.length < 3 : !/^[A-Z][a-z]?$/.test(name)) {
      throw new PatternError(`\\${letter}{${name}}: write a category such as L or Lu, or Script=Greek`);
    }
    this.at = end + 1;
    return `\\${letter}{${name}}`;
  }

  private take(expected: RegExp, length: number): string {
    const taken = this.text.slice(this.at, this.at + length).join('');
    if (!expected.test(taken)) throw new PatternError('an escape is not complete');
    this.at += length;
    return taken;
  }
}

function codeOf(character: string): number {
  return whole(character.codePointAt(0) ?? 0);
}

function whole(code: number): number {
  if (code >= 0xd800 && code <= 0xdfff) throw new PatternError('it holds half a character');
  return code;
}

function hex(code: number): string {
  return `\\x{${code.toString(16)}}`;
}
