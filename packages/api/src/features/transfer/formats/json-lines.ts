import { AppError } from '../../../errors.ts';

/** Characters of one line: more than a prompt with every field at its limit takes. */
export const MAX_LINE_LENGTH = 4 * 1024 * 1024;

/**
 * The lines of a text that are not blank, without their ends.
 * @throws AppError import.unreadable when a line is too long.
 */
export async function* jsonLines(text: AsyncIterable<string>): AsyncGenerator<string> {
  let open: string[] = [];
  let length = 0;
  for await (const piece of text) {
    let start = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', start)) {
      if (end === start && open.length === 0) {
        start = end + 1;
        continue;
      }
      open.push(piece.slice(start, end));
      const line = open.join('').trim();
      open = [];
      length = 0;
      start = end + 1;
      if (line !== '') yield line;
    }
    if (start < piece.length) open.push(piece.slice(start));
    length += piece.length - start;
    if (length > MAX_LINE_LENGTH) {
      throw new AppError('import.unreadable', {
        message: 'A line of the file is too long; an array of prompts, or one on each line, is expected.',
      });
    }
  }
  const line = open.join('').trim();
  if (line !== '') yield line;
}
