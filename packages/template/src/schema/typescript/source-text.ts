import type { JsonValue } from '../../json-value.ts';

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
/** What is not seen, or turns the direction of a text, and what ends a line. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Whether a name can stand in TypeScript as it is. */
export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name);
}

/** A string as a literal, which nothing in it can end. */
export function literal(text: string): string {
  return JSON.stringify(text).replace(UNSEEN, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  );
}

/** The name of a property. */
export function key(name: string): string {
  return isIdentifier(name) ? name : literal(name);
}

/** A value as the type that only it has. */
export function literalType(value: JsonValue): string {
  if (typeof value === 'string') return literal(value);
  if (Array.isArray(value)) return `[${value.map(literalType).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([name, inner]) => `${key(name)}: ${literalType(inner)}`);
  return members.length === 0 ? '{ [name: string]: never }' : `{ ${members.join('; ')} }`;
}

/**
 * A comment of documentation with one indented line for each of the text, and tags; none where there is nothing to say.
 * Nothing in it ends it, or is read as a tag or a directive.
 */
export function comment(text: string, tags: readonly string[], indent: string): string {
  const lines =
    text.trim() === ''
      ? []
      : text
          .trim()
          .split(/\r\n|[\n\r\u2028\u2029]/)
          .map(safeLine);
  lines.push(...tags);
  if (lines.length === 0) return '';
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} *${line === '' ? '' : ` ${line}`}\n`).join('')}${indent} */\n`;
}

/** A tag of documentation; what it says is not read as another. */
export function tag(name: 'default' | 'deprecated', text = ''): string {
  return text === '' ? `@${name}` : `@${name} ${safeLine(text)}`;
}

function safeLine(line: string): string {
  return line
    .replace(UNSEEN, ' ')
    .trimEnd()
    .replaceAll('*/', '*\\/')
    .replace(/(^|[\s*{/])@/g, '$1\\@');
}
