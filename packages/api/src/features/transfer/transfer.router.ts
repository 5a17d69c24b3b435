import {
  ExportPromptsInput,
  ImportEvent,
  ImportPromptsInput,
  MAX_IMPORT_BYTES,
  PortablePrompt,
} from '@promptory/schemas';
import { streamOf } from '@promptory/trpc-fastify/procedure';
import { procedure, router } from '../../trpc.ts';
import { exportPrompts } from './export-prompts.ts';
import { SPREADSHEET_CSV, toCsv, toSpreadsheetCsv } from './formats/to-csv.ts';
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
          'CSV with a header (title and content, or act and prompt as prompts.chat has them), or JSON lines as an export gives them; at most 16 MiB, 50,000 rows, 256 columns, and 4 Mi characters a row. Tells what became of each row; the same file again changes nothing.',
        tags,
        body: { types: ['text/csv', 'application/x-ndjson'], field: 'source', limit: MAX_IMPORT_BYTES },
        stream: { item: ImportEvent },
      },
    })
    .input(ImportPromptsInput)
    .output(streamOf(ImportEvent))
    .mutation(({ ctx, input }) => importPrompts(ctx, input)),

  export: procedure
    .meta({
      can: 'prompt.export',
      cost: 20,
      limit: 'export',
      rest: {
        method: 'GET',
        path: '/prompts/export',
        summary: 'Export the prompts that you own or may read',
        description:
          `JSON lines, or CSV where Accept asks for it; ${SPREADSHEET_CSV} is CSV in which a spreadsheet finds no formulas. ` +
          'An import of either gives the same prompts.',
        tags,
        stream: { item: PortablePrompt, types: { 'text/csv': toCsv, [SPREADSHEET_CSV]: toSpreadsheetCsv } },
      },
    })
    .input(ExportPromptsInput.prefault({}))
    .output(streamOf(PortablePrompt))
    .query(({ ctx, input }) => exportPrompts(ctx, input)),
});
