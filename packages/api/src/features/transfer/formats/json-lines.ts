import { AppError } from '../../../errors.ts';

/** Characters of one line: more than a prompt with every field at its limit takes. */
const MAX_LINE = 4 * 1024 * 1024;

/**
 * The lines of a text that are not blank, without their ends.
 * @throws AppError import.unreadable when a line is too long.
 */
export async function* jsonLines(text: AsyncIterable<string>): AsyncGenerator<string> {
  let open: string[] = [];
  let length = 0;
  const closed = (end: string): string => {
    const line = open.length === 0 ? end : open.join('') + end;
    open = [];
    length = 0;
    return line.trim();
  };
  for await (const piece of text) {
    const parts = piece.split('\n');
    const rest = parts.pop() ?? '';
    for (const part of parts) {
      const line = closed(part);
      if (line !== '') yield line;
    }
    open.push(rest);
    length += rest.length;
    if (length > MAX_LINE) throw new AppError('import.unreadable', { message: 'A line of the file is too long.' });
  }
  const line = closed('');
  if (line !== '') yield line;
}
