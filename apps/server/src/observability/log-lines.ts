import type { Writable } from 'node:stream';
import type { DestinationStream } from 'pino';

const HIDDEN = new Set(['level', 'time', 'service', 'environment', 'msg', 'err']);

/** A log for the eyes: `12:01:02.345 info  GET /prompts 200 12 ms`, with an error's stack below its line. */
export function developmentLines(out: Writable): DestinationStream {
  return {
    write(line: string): void {
      out.write(readable(line));
    },
  };
}

function readable(line: string): string {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const time = String(entry.time ?? '').slice(11, 23);
  const level = String(entry.level ?? '').padEnd(5);
  const facts = Object.entries(entry)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' ');
  const stack: unknown = Reflect.get(Object(entry.err), 'stack');
  const message = String(entry.msg ?? '');
  return `${[time, level, message, facts].filter((part) => part !== '').join(' ')}${
    typeof stack === 'string' ? `\n${stack}` : ''
  }\n`;
}
