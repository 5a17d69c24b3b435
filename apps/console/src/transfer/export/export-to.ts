import type { RouterInputs, RouterOutputs } from '@promptory/client';
import { type ExportFilter, exportFiles, exportLines } from '../calls.ts';

type FileFormat = RouterInputs['transfer']['exportFiles']['format'];
export type ExportFormat = FileFormat | 'lines';
export type ExportWarning = Extract<Items, { type: 'warning' }>;
type Items = RouterOutputs['transfer']['exportFiles'] extends AsyncIterable<infer Item> ? Item : never;

/** A file, and what could not be put into it. */
export interface Exported {
  readonly name: string;
  readonly file: Blob;
  readonly prompts: number;
  readonly warnings: readonly ExportWarning[];
}

interface Options {
  readonly signal: AbortSignal;
  /** How many prompts there are so far. */
  onCount(prompts: number): void;
}

/** @returns null where there is no prompt */
export function exportTo(format: ExportFormat, filter: ExportFilter, options: Options): Promise<Exported | null> {
  return format === 'lines' ? lines(filter, options) : files(format, filter, options);
}

async function lines(filter: ExportFilter, { signal, onCount }: Options): Promise<Exported | null> {
  const found: string[] = [];
  for await (const prompt of await exportLines(filter, signal)) {
    found.push(`${JSON.stringify(prompt)}\n`);
    onCount(found.length);
  }
  if (found.length === 0) return null;
  return { name: 'prompts.jsonl', file: new Blob(found), prompts: found.length, warnings: [] };
}

async function files(format: FileFormat, filter: ExportFilter, options: Options): Promise<Exported | null> {
  const { signal, onCount } = options;
  const made: { readonly name: string; readonly content: string }[] = [];
  const warnings: ExportWarning[] = [];
  let prompts = 0;
  for await (const item of await exportFiles({ format, ...filter }, signal)) {
    if (item.type === 'warning') {
      warnings.push(item);
      continue;
    }
    made.push(item);
    prompts += item.prompts;
    onCount(prompts);
  }
  const [first, ...others] = made;
  if (first === undefined && warnings.length === 0) return null;
  const about = { prompts, warnings };
  if (first !== undefined && others.length === 0) {
    return { name: first.name.split('/').at(-1) ?? first.name, file: new Blob([first.content]), ...about };
  }
  return { name: `${format}.zip`, file: await zipped(made), ...about };
}

async function zipped(made: readonly { readonly name: string; readonly content: string }[]): Promise<Blob> {
  // Needed by few, and then after all has come.
  const { strToU8, zipSync } = await import('fflate');
  return new Blob([zipSync(Object.fromEntries(made.map(({ name, content }) => [name, strToU8(content)])))]);
}
