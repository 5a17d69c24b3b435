import type { World } from '../../harness/given-world.ts';
import type { Input } from '../../harness/transports.ts';

/** What of a world is as large as it may be. */
export interface LargeThings {
  readonly world: World;
  /** Prompts of the owner, each of another shape and as large as a prompt may be. */
  readonly prompts: readonly string[];
  /** A prompt of the owner whose versions 1 to `versions` are all large and share nothing. */
  readonly compared: string;
  readonly versions: number;
  /** A prompt whose versions 1 and 2 are chats of which hardly anything reads as content; `production` is at version 1. */
  readonly gated: string;
  /** As many as one release may have, at version 2 of two that are large and take long to be compared. */
  readonly released: readonly string[];
  /** A group of the owner with as many prompts as one may have. */
  readonly group: string;
  readonly grouped: readonly string[];
}

/** `small`: an id or two and some words, of which the access table has an example. */
type Largest = 'small' | ((things: LargeThings) => readonly Input[]);

const MEBIBYTE = 1_048_576;
const repeated = (unit: string, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

/** JSON objects of 65,536 characters and the most values, names or levels in them. */
export const wide = Object.fromEntries(Array.from({ length: 4_700 }, (_, index) => [`k${index}`, 1]));
export const empties = { a: Array.from({ length: 20_000 }, () => []) };
const deepArray = Array.from({ length: 29 }).reduce<unknown>((inner) => [inner], 1);
export const deep = { a: Array.from({ length: 600 }, () => deepArray) };
/** The same in schemas: names of properties, and a value that is the only one. */
const wideSchema = {
  properties: Object.fromEntries(Array.from({ length: 4_600 }, (_, index) => [`k${index}`, true])),
};
const emptiesSchema = { const: empties.a };
const deepSchema = { const: deep.a };
/** Patterns, which take long to be compiled. */
const patternSchema = { anyOf: Array.from({ length: 20 }, (_, index) => ({ pattern: `(a{1,30}){1,30}${index}` })) };

/** Texts of 200,000 characters, by what is costly in them. */
export const texts: Readonly<Record<string, string>> = {
  'short lines': repeated('a\n', 200_000),
  'other short lines': repeated('b\n', 200_000),
  words: repeated('the model answers in {{ language }} and says why. ', 200_000),
  'other words': repeated('an answer in {{ language }} says the model and why. ', 200_000),
  Chinese: repeated('你是一名专业的翻译请把以下内容', 200_000),
  'other Chinese': repeated('请把以下内容你是一名专业的翻译', 200_000),
  'control characters': repeated('\u0001', 130_000),
  'quotation marks': repeated('"', 200_000),
  emoji: repeated('👩', 200_000),
};

/** 200 turns with all the characters that a chat may have. */
const messages = Array.from({ length: 200 }, (_, index) => ({
  role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
  content: repeated('turn\n', 995),
}));
const tags = Array.from({ length: 20 }, (_, index) => `${index}${'t'.repeat(45)}`);
const around = {
  description: repeated('about it ', 5_000),
  category: 'c'.repeat(60),
  tags,
  config: wide,
  inputSchema: wideSchema,
  outputSchema: wideSchema,
  changeNote: 'n'.repeat(500),
};

/** Prompts as they are created, each as large as it may be. */
export const largePrompts: readonly Input[] = [
  ...Object.entries(texts).map(([name, content]) => ({ title: `Large: ${name}`, content })),
  { title: 'Large: many names', content: 'x', ...around },
  {
    title: 'Large: many values',
    content: 'x',
    config: empties,
    inputSchema: emptiesSchema,
  },
  { title: 'Large: many levels', content: 'x', config: deep, inputSchema: deepSchema },
  { title: 'Large: many patterns', content: 'x', inputSchema: patternSchema, outputSchema: patternSchema },
  { title: 'Large: a chat', kind: 'chat', messages, ...around },
];

/** A text that takes long to read and has few inputs, in the address of a file with a name: of the content it is seven characters. */
export const hiddenChat = (from: number): Input => {
  const tags = Array.from({ length: 480 }, (_, at) => {
    return `{% if a${(at + from) % 7} %}{% assign b = c.d %}{{ b }}{% endif %}`;
  });
  const url = `${tags.join('')}\n${repeated(`${from}\n`, 80_000)}`;
  return { kind: 'chat', messages: [{ role: 'user', content: [{ type: 'file', name: 'f', url }] }] };
};

/** Two versions of a prompt, of which the one breaks who calls the other: by a schema, a text that hides, or long texts. */
export const releasedAs = (at: number, version: number): Input => {
  const kinds: readonly Input[] = [
    { content: `${version}`, inputSchema: wideSchema, outputSchema: { ...wideSchema, title: `${version}` } },
    hiddenChat(version),
    { content: version === 1 ? texts.words : texts['other words'] },
  ];
  return kinds[at % kinds.length] ?? {};
};

/** What a search is made of: operators, quotation marks, wildcards, letters that are words by themselves. */
const searches = ['"', '- ', 'a or ', '%_\\', 'ab ', '你', '( & | ! ', 'ﬃ', 'Å\u0301', '👩‍👩‍👧'].map((unit) =>
  repeated(unit, 200).trim(),
);
const lists = [{ limit: 100 }, ...searches.map((q) => ({ q, limit: 100 }))];
const promptLists = [
  ...lists,
  ...['updated', 'created', 'title', 'usage'].map((sort) => ({ sort, limit: 100, tag: tags })),
  { sort: 'title', limit: 100 },
];

const bodies = {
  'text/csv': [
    `title,content\n${repeated('t,c\n', MEBIBYTE - 100)}`,
    `title,content\n${','.repeat(MEBIBYTE - 100)}`,
    `title,content\na,"${repeated('""', 900_000)}"\n`,
    `title,content\n"${'x'.repeat(900_000)}`,
    `${Array.from({ length: 100_000 }, (_, index) => `c${index}`).join()}\n`,
  ],
  'application/x-ndjson': [
    repeated('{"title":"t","content":"c"}\n', MEBIBYTE - 100).replace(/[^\n]*$/, ''),
    `{"title":"t","content":"c","config":{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`).join()}}}\n`,
    `{"title":"t","content":"c","config":{${Array.from({ length: 49_000 }, (_, index) => `"k${index}":1`).join()}}}\n`.repeat(
      2,
    ),
    repeated('[', 900_000),
    repeated('\n', 900_000),
    repeated('1\n', 900_000),
    `[${repeated('[],', 900_000)}1]\n`,
  ],
};
const imports = Object.entries(bodies).flatMap(([type, all]) =>
  all.map((body) => ({ dryRun: true, source: { type, body } })),
);

const eachPrompt =
  (input: (id: string) => Input) =>
  ({ prompts }: LargeThings) =>
    prompts.map(input);

/** Every procedure with its largest inputs: what is in no row fails the test. */
export const largestInputs: Readonly<Record<string, Largest>> = {
  'auth.register': ({ world }) => [
    { email: `${'n'.repeat(60)}@example.com`, password: '密'.repeat(128), name: 'n'.repeat(100) },
    { email: `a@${'b.'.repeat(120)}example`, password: world.password, name: 'n' },
  ],
  'auth.login': ({ world }) => [{ email: `a@${'b.'.repeat(120)}example`, password: world.password.repeat(5) }],
  'auth.refresh': 'small',
  'auth.logout': 'small',
  'auth.forgotPassword': 'small',
  'auth.resetPassword': 'small',
  'auth.verifyEmail': 'small',
  'auth.resendVerification': 'small',
  'auth.changePassword': 'small',
  'auth.totp.get': 'small',
  'auth.totp.start': 'small',
  'auth.totp.confirm': 'small',
  'auth.totp.verify': 'small',
  'auth.totp.renewRecoveryCodes': 'small',
  'auth.totp.disable': 'small',
  'auth.sessions.list': () => [{ limit: 100 }],
  'auth.sessions.end': 'small',
  'me.get': 'small',
  'me.update': () => [{ name: 'n'.repeat(100), avatarUrl: `https://example.com/${'a'.repeat(1_900)}` }],
  'me.export': () => [{}],
  'me.deletion': () => [{ limit: 100 }],
  'me.delete': 'small',
  'me.invitations.list': () => [{ limit: 100 }],
  'me.invitations.accept': 'small',
  'me.invitations.decline': 'small',
  'preferences.get': 'small',
  'preferences.update': () => [{ defaultCategory: 'c'.repeat(60), locale: 'zh-Hant-TW' }],
  'preferences.chooseMails': 'small',
  'apiKeys.list': () => [{ limit: 100 }],
  'apiKeys.create': () => [{ name: 'k'.repeat(100), scopes: ['prompts:read'] }],
  'apiKeys.revoke': 'small',

  'prompts.resolve': 'small',
  'prompts.resolveMany': () => [
    { refs: Array.from({ length: 100 }, (_, index) => `${'ab-'.repeat(12)}a/${'x/'.repeat(74)}y@label-${index}`) },
  ],
  'prompts.watch': 'small',
  'prompts.signatures': () => [{ limit: 100 }, { limit: 100, label: ['production', 'staging'] }],
  'prompts.list': () => promptLists,
  'prompts.templates': () => promptLists,
  'prompts.get': eachPrompt((id) => ({ id })),
  'prompts.create': () => largePrompts,
  'prompts.update': ({ prompts }) => largePrompts.flatMap((input, index) => ({ ...input, id: prompts[index] })),
  'prompts.createMany': () => [
    ...largePrompts.map((input) => ({ prompts: [input] })),
    { prompts: Array.from({ length: 100 }, () => ({ title: 'T', content: repeated('many ', 9_000), tags })) },
    { prompts: Array.from({ length: 100 }, () => Object.fromEntries(Object.keys(around).map((key) => [key, 1]))) },
  ],
  'prompts.updateMany': ({ prompts }) => [{ prompts: prompts.map((id) => ({ id, tags: ['changed'] })) }],
  'prompts.delete': 'small',
  'prompts.restore': 'small',
  'prompts.purge': 'small',
  'prompts.purgeTrash': 'small',
  'prompts.duplicate': eachPrompt((id) => ({ id })),
  'prompts.render': eachPrompt((id) => ({ id, lenient: true, inputs: { language: 'x', all: wide } })),
  // What it finds is rendered as by id.
  'prompts.renderRef': 'small',
  'prompts.usage': ({ compared }) => [{ id: compared, from: '0001-01-01', to: '9999-12-31', limit: 100 }],
  'prompts.includers': ({ compared }) => [{ id: compared, limit: 100 }],
  'prompts.versionUses': ({ compared }) => [{ id: compared, limit: 100 }],
  'transfer.import': () => imports,
  'transfer.export': () => [{ scope: 'mine' }, { scope: 'readable' }, ...searches.map((q) => ({ q, tag: tags }))],
  'transfer.exportFiles': () => ['dotprompt', 'langfuse', 'bundle'].map((format) => ({ format, scope: 'mine' })),
  'versions.list': ({ compared }) => [{ id: compared, limit: 100 }],
  'versions.get': eachPrompt((id) => ({ id, version: 1 })),
  'versions.restore': ({ compared, versions }) =>
    Array.from({ length: versions }, (_, index) => ({ id: compared, version: index + 1 })),
  'versions.diff': ({ compared, versions, gated }) => [
    ...Array.from({ length: versions - 1 }, (_, index) => ({ id: compared, from: index + 1, to: index + 2 })),
    { id: gated, from: 1, to: 2 },
  ],
  'labels.list': ({ compared }) => [{ id: compared, limit: 100 }],
  'labels.get': 'small',
  'labels.move': 'small',
  'labels.check': ({ compared, versions, gated }) => [
    ...Array.from({ length: versions }, (_, index) => ({ id: compared, label: 'production', version: index + 1 })),
    { id: gated, label: 'production', version: 2 },
  ],
  'labels.remove': 'small',
  'labels.history': ({ compared }) => [{ id: compared, label: 'production', limit: 100 }],
  'labels.undo': 'small',
  'labels.protect': 'small',
  'labels.unprotect': 'small',
  'releases.list': () => [{ limit: 100 }],
  'releases.get': 'small',
  'releases.create': ({ released }) => [
    {
      ...{ label: 'staging', acceptBreaking: true, reason: 'Measured' },
      prompts: released.map((promptId) => ({ promptId, version: 1 })),
    },
  ],
  'releases.undo': 'small',
  'categories.list': () => lists,
  'tags.list': () => lists,

  'groups.list': () => lists,
  'groups.get': ({ group }) => [{ id: group }],
  'groups.watch': ({ group }) => [{ id: group }],
  'groups.create': () => [{ name: 'g'.repeat(100), description: repeated('of all ', 5_000) }],
  'groups.update': ({ group }) => [{ id: group, name: 'g'.repeat(100), description: repeated('of all ', 5_000) }],
  'groups.delete': 'small',
  'groups.addPrompt': 'small',
  'groups.removePrompt': 'small',
  'groups.reorder': ({ group, grouped }) => [
    { id: group, promptIds: grouped.toReversed() },
    { id: group, promptIds: grouped.slice(1) },
  ],
  'members.list': ({ group }) => [{ id: group, limit: 100 }],
  'members.add': ({ group }) => [{ id: group, email: `a@${'b.'.repeat(120)}example`, role: 'viewer' }],
  'members.update': 'small',
  'members.remove': 'small',
  'invitations.list': ({ group }) => [{ id: group, limit: 100 }],
  'invitations.withdraw': 'small',

  'favorites.list': () => [{ limit: 100 }],
  'favorites.add': eachPrompt((promptId) => ({ promptId })),
  'favorites.remove': 'small',
  'library.list': () => [{ limit: 100 }],
  'history.list': () => [{ limit: 100 }],

  'admin.users.list': () => lists,
  'admin.users.update': 'small',
  'admin.audit.list': () => [{ limit: 100 }],
  'admin.authAttempts.list': () => [{ limit: 100 }],
  'admin.jobs.list': () => [{ limit: 100 }],
  'admin.stats.get': 'small',
};

/**
 * The same input so that it does something once more, where it would change nothing the second time: what is done in vain is
 * done quickly.
 * @param at counts its calls, from 1
 */
export const again: Readonly<Record<string, (input: Input, at: number) => Input>> = {
  'auth.register': (input, at) => ({ ...input, email: `${at}${input.email}` }),
  'me.update': (input, at) => ({ ...input, name: `${at}${'n'.repeat(90)}` }),
  'preferences.update': (input, at) => ({ ...input, defaultCategory: `${at}${'c'.repeat(50)}` }),
  'prompts.update': (input, at) => ({ ...input, title: `Large ${at}` }),
  'prompts.updateMany': (input, at) => ({
    ...input,
    prompts: (input.prompts as Input[]).map((prompt) => ({ ...prompt, tags: [`changed ${at}`] })),
  }),
  'versions.restore': (input, at) => ({
    ...input,
    version: at % 2 === 0 ? input.version : input.version === 1 ? 2 : 1,
  }),
  'releases.create': (input, at) => ({
    ...input,
    prompts: (input.prompts as Input[]).map((prompt) => ({ ...prompt, version: 2 - (at % 2) })),
  }),
  'groups.update': (input, at) => ({ ...input, name: `${at}${'g'.repeat(90)}` }),
  'groups.reorder': (input, at) => ({
    ...input,
    promptIds: at % 2 === 0 ? input.promptIds : (input.promptIds as string[]).toReversed(),
  }),
  'members.add': (input, at) => ({ ...input, email: `${at}${input.email}` }),
};
