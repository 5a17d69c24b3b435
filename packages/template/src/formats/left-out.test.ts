import { describe, expect, it } from 'vitest';
import { type DocumentMessage, type DocumentPart, emptyPrompt } from './document/prompt-document.ts';
import { type WrittenFormat, writePrompt } from './write-prompts.ts';

const image = (url: string): DocumentPart => ({ type: 'image', url });
const texts = (...all: string[]): DocumentPart[] => all.map((text) => ({ type: 'text', text }));

/** The second message of a chat. */
const messages = {
  filter: { role: 'user', content: 'One\n{{ x | json }}' },
  include: { role: 'user', content: '{% render "a@b" %}' },
  braces: { role: 'user', content: '{{ "{{" }} a }}' },
  list: { type: 'placeholder', name: 'others' },
  tool: { role: 'tool', content: 'x' },
  developer: { role: 'developer', content: 'x' },
  blank: { role: 'user', content: ' \n' },
  end: { role: 'user', content: 'a\n' },
  line: { role: 'user', content: 'user:\nx' },
  texts: { role: 'user', content: texts('a', 'b') },
  part: { role: 'user', content: texts('a {{ x | json }}') },
  image: { role: 'user', content: [image('{{ photo }}')] },
  quotes: { role: 'user', content: [image('a"b')] },
  values: { role: 'user', content: [image('{{ a }}{{ b }}')] },
  sound: { role: 'user', content: [{ type: 'audio', url: 'https://x.test/a.mp3' }] },
  result: { role: 'user', content: [{ type: 'tool_result', id: '1' }] },
} as const satisfies Record<string, DocumentMessage>;

const PARTS = ': a message is one text there, and has no parts';
const parts = { texts: PARTS, part: PARTS, image: PARTS, quotes: PARTS, values: PARTS, sound: PARTS, result: PARTS };
const BRACES = ': braces that are text cannot be written there';
const LIST = ': a place for messages cannot be written there';
const FILTER = ': the filter "json" cannot be written there (line 2, column 1)';
const MEDIA = '.content[0]: media is an input of its own there';
const LINE_END = ': a text that is nothing, or begins or ends by a line end, is another one there';
const noFilter = (language: string, place: string) => `The filter "json" has no counterpart in ${language} (${place})`;
const OTHERWISE = 'all: its text would be read otherwise';
const JINJA = 'Jinja, or not of this';

/** What each format cannot say of them: the place after that of the message, and why. */
const leftOut: Record<WrittenFormat, { [name in keyof typeof messages]?: string }> = {
  dotprompt: {
    include: ': Another prompt is not at hand there',
    list: ': A placeholder is called "history" there, and is one',
    developer: ': "developer" is no role there',
    blank: ': A text of white space alone is no message there',
    texts: '.content[1]: Two texts would be one there',
    quotes: '.content[0]: This text cannot stand in quotes there',
    values: '.content[0]: An address is a text or one value there',
    part: OTHERWISE,
    sound: '.content[0]: Media other than an image needs its media type there',
    result: '.content[0]: This part has no counterpart there',
  },
  prompty: {
    filter: `: ${noFilter(JINJA, 'line 2, column 1')}`,
    include: ': Another prompt is not at hand there',
    tool: ': "tool" is no role there',
    blank: LINE_END,
    end: LINE_END,
    line: ': a line such as "user:", or a carriage return, is no text there',
    texts: '.content[1]: two texts would be one there',
    part: `.content[0]: ${noFilter(JINJA, 'line 1, column 3')}`,
    quotes: MEDIA,
    values: MEDIA,
    sound: MEDIA,
    result: MEDIA,
  },
  langfuse: { filter: FILTER, braces: BRACES, ...parts },
  langsmith: {
    filter: `: ${noFilter('Mustache', 'line 2, column 1')}`,
    include: ': Another prompt is not at hand there',
    part: `.content[0]: ${noFilter('Mustache', 'line 1, column 3')}`,
    sound: '.content[0]: this part cannot be written there',
    result: '.content[0]: this part cannot be written there',
  },
  'github-models': {
    filter: FILTER,
    include: ': another prompt cannot be written there',
    braces: BRACES,
    list: LIST,
    blank: OTHERWISE,
    ...parts,
  },
};

/** The same of a text prompt. */
const leftOutTexts: Record<WrittenFormat, string | null> = {
  dotprompt: null,
  prompty: `: ${noFilter(JINJA, 'line 2, column 1')}`,
  langfuse: FILTER,
  langsmith: `: ${noFilter('Mustache', 'line 2, column 1')}`,
  'github-models': FILTER,
};

/** `.content[0]: why` as it is said of the second message, `all: why` of all. */
const written = (reason: string): string => {
  const [at = '', ...why] = reason.split(': ');
  return `messages${at === 'all' ? '' : `[1]${at}`}Left out: ${why.join(': ')}`;
};

describe.each(Object.keys(leftOut) as WrittenFormat[])('what cannot be said in %s', (format) => {
  it.each(Object.entries<DocumentMessage>(messages))('is named with its place and its reason: %s', (name, message) => {
    const first = { role: 'system', content: 'Be kind.' } as const;
    const { text, losses } = writePrompt(format, { ...emptyPrompt(), name: 'a', messages: [first, message] });
    const reason = leftOut[format][name as keyof typeof messages];
    const left = losses.filter(({ message: why }) => why.startsWith('Left out: '));
    expect(left.map((loss) => `${loss.within}${loss.message}`)).toEqual(reason === undefined ? [] : [written(reason)]);
    expect(text === null).toBe(reason !== undefined);
  });

  it('is named where the prompt is a text', () => {
    const { losses } = writePrompt(format, { ...emptyPrompt(), name: 'a', content: 'One\n{{ x | json }}' });
    const reason = leftOutTexts[format];
    expect(losses).toEqual(reason === null ? [] : [{ within: 'content', message: `Left out${reason}` }]);
  });
});
