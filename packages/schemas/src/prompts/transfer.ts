import { z } from 'zod';
import { faultOptions } from '../faults/refusing.ts';
import { fault } from '../faults/sentences.ts';
import { Id, Slug } from '../values/ids.ts';
import { storedJsonObject } from '../values/json.ts';
import { line } from '../values/text.ts';
import { acceptBreaking, hasReason, MoveReason, reasonRequired } from './labels.ts';
import { ChatMessages } from './messages.ts';
import { PromptFilters, PromptKind, PromptVisibility } from './prompts.ts';

/** Bytes of one import. */
export const MAX_IMPORT_BYTES = 16 * 1024 * 1024;
/** Rows of one import. */
export const MAX_IMPORT_ROWS = 100_000;

/** Of JSON either type may be lines or an array: the text shows which. `text/plain` is any file: its text shows what it is. */
export const TransferFormat = z.enum([
  'text/csv',
  'application/x-ndjson',
  'application/jsonl',
  'application/json',
  'text/vnd.promptory.spreadsheet-csv',
  'application/yaml',
  'text/plain',
]);
export type TransferFormat = z.infer<typeof TransferFormat>;

const isBody = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** Over REST the request's body as it arrives; over tRPC, text within the limit of a JSON body. */
export const ImportSource = z.strictObject({
  type: TransferFormat,
  body: z.union([
    z.string().max(1_048_576),
    z.custom<AsyncIterable<Uint8Array>>(isBody, faultOptions(fault('invalid_type', { expected: 'bytes' }))),
  ]),
});

/** Whose format a file has: of others, or a bundle of Promptory. */
export const PromptFileFormat = z.enum([
  'dotprompt',
  'prompty',
  'langfuse',
  'langsmith',
  'github-models',
  'openai',
  'bundle',
]);
export type PromptFileFormat = z.infer<typeof PromptFileFormat>;

const fileName = line(200);

export const ImportPromptsInput = z
  .strictObject({
    source: ImportSource,
    dryRun: z.boolean().default(false).describe('Says what would become of each row, and changes nothing.'),
    visibility: PromptVisibility.optional(),
    name: fileName.optional().meta({
      description:
        'What the file is called, such as `team/greet.prompt`: shows its format, and names a prompt without a name.',
    }),
    format: PromptFileFormat.optional().meta({
      description: 'The format of the file, where its text does not show it.',
    }),
    acceptBreaking,
    reason: MoveReason.optional().meta({ description: 'Why labels are moved, for their history.' }),
  })
  .refine(hasReason, reasonRequired);
export type ImportPromptsInput = z.infer<typeof ImportPromptsInput>;

/** What of a prompt has no counterpart here, and where it stands. */
export const ImportWarning = z
  .strictObject({
    message: z.string().max(500),
    within: z
      .string()
      .max(200)
      .nullable()
      .meta({ description: 'The field that it stands in; null for the file itself.' }),
    line: z.int().min(1),
    column: z.int().min(1),
  })
  .meta({ id: 'ImportWarning' });
export type ImportWarning = z.infer<typeof ImportWarning>;

/** Warnings that are listed of one prompt. */
export const MAX_IMPORT_WARNINGS = 50;

/** What became of one row; `row` counts from 1, headings aside. */
export const ImportRow = z
  .strictObject({
    type: z.literal('row'),
    row: z.int().min(1),
    title: z.string().max(200),
    outcome: z.enum(['created', 'updated', 'unchanged', 'failed']),
    promptId: Id.nullable(),
    /** Why it was left unchanged, failed or got another slug; also which of its columns or keys are left out, once. */
    reason: z.string().max(500).nullable(),
    code: z
      .string()
      .max(50)
      .nullable()
      .meta({ description: 'Of what failed, where it is an error that has a code: `prompt.breaking_change`.' }),
    file: fileName.nullable().meta({ description: 'The file that it stands in, where several were sent.' }),
    warnings: z.array(ImportWarning).max(MAX_IMPORT_WARNINGS),
  })
  .meta({ id: 'ImportRow' });

/** What became of the rows so far. */
export const ImportCounts = z.strictObject({
  rows: z.int().min(0),
  created: z.int().min(0),
  updated: z.int().min(0),
  unchanged: z.int().min(0),
  failed: z.int().min(0),
});

export const ImportProgress = z
  .strictObject({
    type: z.literal('progress'),
    ...ImportCounts.shape,
    /** Of the file, read so far: of as many as it has they say how far the import is. */
    bytes: z.int().min(0),
  })
  .meta({ id: 'ImportProgress' });

/** What a file turned out to be. */
export const ImportedFile = z
  .strictObject({
    format: z.enum(['csv', 'json', 'files', ...PromptFileFormat.options]).meta({
      description: '`files`: several files, each of a format of its own.',
    }),
    encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be']),
    /** What divides the cells of CSV. */
    delimiter: z.enum(['comma', 'semicolon', 'tab']).nullable(),
    /** Columns or keys that mean nothing here, as the file writes them. */
    leftOut: z.array(z.string().max(200)).max(100),
  })
  .meta({ id: 'ImportedFile' });
export type ImportedFile = z.infer<typeof ImportedFile>;

/** The last event of an import; of a dry run the counts say what would have become of the rows. */
export const ImportSummary = z
  .strictObject({ type: z.literal('done'), dryRun: z.boolean(), ...ImportCounts.shape, file: ImportedFile })
  .meta({ id: 'ImportSummary' });

/** What an import tells while it runs: each row, how far it is, and at last what became of all. */
export const ImportEvent = z
  .discriminatedUnion('type', [ImportRow, ImportProgress, ImportSummary])
  .meta({ id: 'ImportEvent' });
export type ImportEvent = z.infer<typeof ImportEvent>;

const FORMAT_HINT =
  'Is no field here: the Accept header says `text/csv` or `application/x-ndjson`, and `/prompts/export/{format}` has other formats';

/** All that there is, or what the filters of the list leave of it. */
export const ExportPromptsInput = z.strictObject(
  {
    ...PromptFilters.shape,
    scope: z
      .enum(['mine', 'readable'])
      .optional()
      .describe(
        '`mine`: your own prompts. `readable`: all that you may read, public prompts of others included. Unless given, `readable` where `owner`, `groupId` or `favorite` asks for what others have too, and else `mine`.',
      ),
  },
  {
    error: (issue) => (issue.code === 'unrecognized_keys' && issue.keys.join() === 'format' ? FORMAT_HINT : undefined),
  },
);
export type ExportPromptsInput = z.infer<typeof ExportPromptsInput>;

/** Formats that prompts are exported in, besides JSON lines and CSV. */
export const ExportedFormat = z.enum(['dotprompt', 'prompty', 'langfuse', 'langsmith', 'github-models', 'bundle']);
export type ExportedFormat = z.infer<typeof ExportedFormat>;

/** The prompts that an export has, as files of a format. */
export const ExportFilesInput = z.strictObject({
  format: ExportedFormat.meta({
    description:
      '`bundle` is Promptory’s own: one signed file with all versions, labels, their history, tags and groups. `langfuse` has all versions, the others the latest.',
  }),
  ...ExportPromptsInput.shape,
});
export type ExportFilesInput = z.infer<typeof ExportFilesInput>;

/** A file, as an import takes it. */
export const ExportedFile = z
  .strictObject({
    type: z.literal('file'),
    name: z.string().max(200).meta({ description: 'Its path, such as `team/greet.prompt`.' }),
    content: z.string().max(MAX_IMPORT_BYTES),
    prompts: z.int().min(0).meta({ description: 'How many prompts stand in it.' }),
  })
  .meta({ id: 'ExportedFile' });

/** What of a prompt the format cannot carry, or why the prompt is left out. */
export const ExportWarning = z
  .strictObject({
    type: z.literal('warning'),
    ref: Slug,
    within: z.string().max(200).nullable().meta({ description: 'The field, or the place of the text.' }),
    message: z.string().max(500),
  })
  .meta({ id: 'ExportWarning' });

/** A piece of an export as files. */
export const ExportedItem = z.discriminatedUnion('type', [ExportedFile, ExportWarning]).meta({ id: 'ExportedItem' });
export type ExportedItem = z.infer<typeof ExportedItem>;

/** A prompt as it leaves one account and enters another. */
export const PortablePrompt = z
  .strictObject({
    slug: Slug,
    title: z.string().max(200).describe('What people find it by.'),
    content: z.string().max(400_000).describe('Its text; of a chat, what its messages read as.'),
    kind: PromptKind,
    messages: ChatMessages.nullable().describe('The messages of a chat, in their order.'),
    description: z.string().max(5000).describe('What it is for.'),
    category: z.string().max(60).nullable().describe('The one category that it is filed under.'),
    tags: z.array(z.string().max(50)).max(20).describe('Further words that it is filed under.'),
    isTemplate: z.boolean().describe('Whether it is meant to be copied.'),
    visibility: PromptVisibility,
    config: storedJsonObject.describe('Whatever a program needs to ask a model with.'),
    inputSchema: storedJsonObject.nullable().describe('JSON Schema 2020-12 of what its inputs are.'),
    outputSchema: storedJsonObject.nullable().describe('JSON Schema 2020-12 of what a model answers.'),
  })
  .meta({ id: 'PortablePrompt' });
export type PortablePrompt = z.infer<typeof PortablePrompt>;

/** The prompts of a file of JSON, for the document: of what else stands there, an import says that it is left out. */
export const ImportablePrompts = z
  .array(z.looseObject(PortablePrompt.partial().shape).meta({ id: 'ImportablePrompt' }))
  .max(MAX_IMPORT_ROWS)
  .meta({ examples: [[{ title: 'A guide', content: 'Guide me through {{ city }}.' }]] });
