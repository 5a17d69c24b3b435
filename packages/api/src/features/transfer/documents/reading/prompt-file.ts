import { type DocumentPrompt, nameWithoutEnding, type PromptDocument, type PromptFormat } from '@promptory/template';
import type { BundleInclude } from '../import-item.ts';
import type { SentFile } from './sent-files.ts';

/** A file of prompts in a format that is read. */
export type PromptFile = SentFile & { readonly format: PromptFormat };

/** What was read of a file. */
export interface ReadDocument {
  /** Of the file among those that are read. */
  readonly place: number;
  readonly document: PromptDocument;
  /** What of the same import its prompts may include, by the references that they write. */
  readonly includes: readonly BundleInclude[];
}

/** How a prompt of a file is called within its import; a file of one prompt needs no name of it. */
export const idWithin = (file: number, name: string | null): string => `file ${file}: ${name ?? ''}`;

/** How a prompt is called, by its file where it says nothing itself. */
export const nameOf = (prompt: DocumentPrompt | undefined, file: string | null): string =>
  prompt?.name ?? (file === null ? null : nameWithoutEnding(file)) ?? prompt?.title ?? '';
