import {
  ExportedItem,
  ExportFilesInput,
  ExportPromptsInput,
  ImportablePrompts,
  ImportEvent,
  ImportPromptsInput,
  MAX_IMPORT_BYTES,
  PortablePrompt,
  TransferFormat,
} from '@promptory/schemas';
import { streamOf } from '@promptory/trpc-fastify/procedure';
import { groupErrors } from '../../access/require.ts';
import { procedure, router } from '../../trpc.ts';
import { contentsOnly, exportFiles } from './documents/export-files.ts';
import { exportPrompts } from './export-prompts.ts';
import { SPREADSHEET_CSV, toCsv, toSpreadsheetCsv } from './formats/csv/to-csv.ts';
import { importPrompts } from './import/import-prompts.ts';

const tags = ['Prompts'];

export const transferRouter = router({
  import: procedure
    .meta({
      can: 'prompt.import',
      cost: 20,
      limit: 'export',
      errors: ['import.unreadable', 'quota.exceeded'],
      rest: {
        method: 'POST',
        path: '/prompts/import',
        summary: 'Import prompts from a file',
        description:
          'CSV with a header (title and content, or act and prompt as prompts.chat has them) divided by comma, semicolon or tab; or JSON, as lines or as an array, whose objects have the same names as keys. In UTF-8, or in UTF-16 with a byte order mark; at most 16 MiB, 100,000 rows, 256 columns, and 4 Mi characters a row. Tells what became of each row, what the file turned out to be, and which columns or keys were left out; the same file again changes nothing. ' +
          'Or prompts of other systems: a file of dotprompt, Prompty or GitHub Models, JSON of Langfuse, a manifest of LangSmith, a stored prompt of OpenAI, a bundle of Promptory, or several files as JSON of `{ "type": "file", "name": "team/greet.prompt", "content": "…" }`. ' +
          'What a file is, its text and its `name` show; `text/plain` takes any. These are imported in one transaction, with their versions, labels and tags where the format has them: each prompt whole or not at all, and what has no counterpart here is a warning with its place.',
        tags,
        body: {
          types: TransferFormat.options,
          charsets: ['utf-8', 'us-ascii', 'utf-16', 'utf-16le', 'utf-16be'],
          field: 'source',
          limit: MAX_IMPORT_BYTES,
          json: ImportablePrompts,
        },
        stream: { item: ImportEvent },
      },
    })
    .input(ImportPromptsInput)
    .output(streamOf(ImportEvent))
    .mutation(({ ctx, input, signal }) => importPrompts(ctx, input, signal)),

  export: procedure
    .meta({
      can: 'prompt.export',
      cost: 20,
      limit: 'export',
      errors: groupErrors.read,
      rest: {
        method: 'GET',
        path: '/prompts/export',
        summary: 'Export your own prompts, or all that you may read',
        description:
          `JSON lines, or CSV where Accept asks for it; ${SPREADSHEET_CSV} is CSV in which a spreadsheet finds no formulas. ` +
          'An import of either gives the same prompts. All there are, or what the filters of `GET /prompts` leave; of a search the 400 best matches of each way to find them (all words, titles, typing errors), and no others.',
        tags,
        stream: { item: PortablePrompt, types: { 'text/csv': toCsv, [SPREADSHEET_CSV]: toSpreadsheetCsv } },
      },
    })
    .input(ExportPromptsInput.prefault({}))
    .output(streamOf(PortablePrompt))
    .query(({ ctx, input }) => exportPrompts(ctx, input)),

  exportFiles: procedure
    .meta({
      can: 'prompt.export',
      cost: 20,
      limit: 'export',
      errors: [...groupErrors.read, 'answer.too_large'],
      rest: {
        method: 'GET',
        path: '/prompts/export/{format}',
        summary: 'Export prompts as files of another system, or as a signed bundle',
        description:
          'JSON lines, each a file or a warning of what the format cannot carry; of text/plain only what stands in the files. An import of the answer gives the same prompts, but for what was warned of. ' +
          'The public key of bundles is at `/.well-known/promptory-bundle-keys.json`.',
        tags,
        stream: { item: ExportedItem, types: { 'text/plain': contentsOnly } },
      },
    })
    .input(ExportFilesInput)
    .output(streamOf(ExportedItem))
    .query(({ ctx, input }) => exportFiles(ctx, input)),
});
