// Files of other systems are read whole, and one import has a thousand of them: sets of them that cost most to read.

const MEBIBYTE = 1_048_576;
const FILES = 1_000;
export const MOST_BYTES = 16 * MEBIBYTE - 65_536;

export const fileOf = (name: string, content: string): string => JSON.stringify({ type: 'file', name, content });
const each = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('');
const lines = (count: number, line: (index: number) => string): string => each(count, (index) => `${line(index)}\n`);
/** Of the markup that a template may have, what takes long to read. */
const outputs = (count: number): string => each(count, (at) => `{{a${at}.b}}`);

export interface FileSet {
  readonly what: string;
  readonly type?: 'application/json';
  /** @param share of all that there may be, from 0 to 1 */
  body(share: number): string;
  /** What the answer says of it. */
  readonly said: RegExp;
}

const share = (of: number, part: number): number => Math.max(1, Math.floor(of * part));

export const fileSets: readonly FileSet[] = [
  {
    what: 'brackets that lie in one another by the hundred thousand',
    type: 'application/json',
    body: () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    said: /import\.unreadable|"created":0/,
  },
  {
    what: 'a file that is followed by what are none: millions of brackets',
    body: () => lines(3, (at) => (at === 0 ? fileOf('a.prompt', 'x') : `{"a":[${'{},'.repeat(1_300_000)}{}]}`)),
    said: /File 2 is not/,
  },
  {
    what: 'files of JSON of a million brackets',
    body: (part) =>
      fileOf('a.prompt', 'x') +
      lines(
        share(3, part),
        (at) => `\n${fileOf(`${at}.json`, `[{"name":"a","prompt":""}${',{}'.repeat(1_200_000)}]`)}`,
      ),
    said: /"failed":[123]/,
  },
  {
    what: 'a file that is followed by blank lines',
    body: () => `${fileOf('a.prompt', 'x')}\n${'\n'.repeat(MOST_BYTES - 100)}`,
    said: /"created":1/,
  },
  {
    what: 'files of nothing but ends of lines',
    body: (part) => lines(share(60, part), (at) => fileOf(`${at}.prompt`, `---\n${'\n'.repeat(130_000)}`)),
    said: /"failed":\d/,
  },
  {
    what: 'prompts by the hundred thousand, two hundred in each file',
    body: () =>
      lines(FILES, (at) =>
        fileOf(`${at}.json`, `[${each(200, (of) => `${of === 0 ? '' : ','}{"name":"p${at}-${of}","prompt":"x"}`)}]`),
      ),
    said: /import them in parts/,
  },
  {
    what: 'prompts by the thousand',
    body: (part) =>
      lines(share(5, part), (at) =>
        fileOf(
          `${at}.json`,
          JSON.stringify(Array.from({ length: 200 }, (_, of) => ({ name: `q${at}-${of}`, prompt: '{{a}}' }))),
        ),
      ),
    said: /"created":\d00/,
  },
  {
    what: 'a hundred names of others in each file',
    body: (part) =>
      lines(share(200, part), (at) =>
        fileOf(
          `${at}.json`,
          JSON.stringify({
            name: `n${at}`,
            prompt: each(100, (of) => `@@@langfusePrompt:name=some name of ${at} and ${of}|label=a@@@`),
          }),
        ),
      ),
    said: /"created":\d/,
  },
  {
    what: 'one name in each file of which there are thousands of versions',
    body: (part) =>
      lines(share(4, part), (at) =>
        fileOf(
          `v${at}.json`,
          JSON.stringify(
            Array.from({ length: 500 }, (_, of) => ({ name: 'v', version: at * 500 + of + 1, prompt: 'x' })),
          ),
        ),
      ) +
      lines(share(100, part), (at) =>
        fileOf(`u${at}.json`, JSON.stringify({ name: `u${at}`, prompt: '@@@langfusePrompt:name=v|version=1@@@' })),
      ),
    said: /"created":\d/,
  },
  {
    what: 'a partial that takes long to read, in each of the other files',
    body: (part) =>
      lines(share(200, part), (at) =>
        at === 0 ? fileOf('_big.prompt', outputs(1_900)) : fileOf(`${at}.prompt`, `{{> big}} of ${at}`),
      ),
    said: /"type":"done"/,
  },
  {
    what: 'fifty partials in each of the other files',
    body: (part) =>
      lines(50, (at) => fileOf(`_p${at}.prompt`, outputs(40))) +
      lines(share(150, part), (at) =>
        fileOf(
          `${at}.prompt`,
          each(50, (of) => `{{> p${of}}}`),
        ),
      ),
    said: /"type":"done"/,
  },
  {
    what: 'templates that take long to read, behind one another',
    body: (part) =>
      lines(share(40, part), (at) => fileOf(`${at}.json`, JSON.stringify({ name: `t${at}`, prompt: outputs(1_900) }))),
    said: /"created":\d/,
  },
];
