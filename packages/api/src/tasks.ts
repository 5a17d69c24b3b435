import { readJson } from '@promptory/db/json';
import {
  checkSchema,
  type DocumentPrompt,
  diffVersions,
  mayBeJson,
  type OthersOfImport,
  outlineOf,
  type PromptDocument,
  type PromptFormat,
  partialIn,
  readPrompts,
  type VersionContent,
  type WrittenFormat,
  writePrompt,
} from '@promptory/template';
import { openBundle, payloadOf } from './domain/bundles/opened-bundle.ts';
import { outsizeOf } from './domain/bundles/outsize-json.ts';
import { breaksBetween } from './domain/signatures/breaks-between.ts';
import { includesIn, type Source } from './domain/signatures/read-version.ts';
import { type Rendering, renderVersion } from './domain/signatures/render-version.ts';
import { type Signed, signatureOf } from './domain/signatures/signature-of.ts';

/**
 * What can take the processor for longer than others should wait: done by threads of their own, to which `Workers` sends
 * it. Each is a function of nothing but its input. All are texts: a copy of an object would not keep the order in which its
 * members were sent.
 */
export interface Tasks {
  /** The JSON of a VersionDiff of two VersionContents, given as JSON. */
  diffVersions(from: string, to: string): string;
  /** The JSON of the SchemaFaults of each schema of a list, given as JSON. */
  checkSchemas(schemas: string): string;
  /** The JSON of the SignatureResult of a version, given as JSON of what decides on it. */
  signatureOf(version: string): string;
  /** The JSON of the IncludePlaces of a version, given as JSON of its Source. */
  includesIn(source: string): string;
  /** The JSON of the RenderResult of a version, given as JSON of its Source and of a Rendering. */
  renderVersion(source: string, rendering: string): string;
  /** The JSON of the PromptDocument of a file, and of what others of its import it may name. */
  readPrompts(format: PromptFormat, text: string, others: string): string;
  /** The JSON of the Outline of a dotprompt file. */
  outlineOf(text: string): string;
  /** The JSON of the ReadPartial that a text of a prompt is to those that include it. */
  partialIn(content: string): string;
  /** The JSON of what a format has of a prompt, given as JSON of a DocumentPrompt. */
  writePrompt(format: WrittenFormat, prompt: string): string;
  /** The lines of `openBundle` for a bundle. */
  openBundle(text: string): string;
  /** What `payloadOf` signs of a bundle, given as JSON. */
  bundlePayload(bundle: string): string;
  /** The JSON of the VersionBreaks of two versions, given as JSON of what decides on their signatures. */
  breaksBetween(before: string, after: string): string;
}

type TaskTable = { readonly [Name in keyof Tasks]: (...input: Parameters<Tasks[Name]>) => ReturnType<Tasks[Name]> };

const tasks: TaskTable = {
  diffVersions: (from, to) =>
    JSON.stringify(diffVersions(readJson(from) as VersionContent, readJson(to) as VersionContent)),
  checkSchemas: (schemas) => JSON.stringify((readJson(schemas) as unknown[]).map(checkSchema)),
  includesIn: (source) => JSON.stringify(includesIn(readJson(source) as unknown as Source)),
  renderVersion: (source, rendering) =>
    JSON.stringify(renderVersion(readJson(source) as unknown as Source, readJson(rendering) as unknown as Rendering)),
  breaksBetween: (before, after) =>
    JSON.stringify(breaksBetween(readJson(before) as unknown as Signed, readJson(after) as unknown as Signed)),
  openBundle,
  bundlePayload: payloadOf,
  readPrompts: (format, text, others) =>
    JSON.stringify(outsizeIn(text) ?? readPrompts(format, text, readJson(others) as unknown as OthersOfImport)),
  partialIn: (content) => JSON.stringify(partialIn(content)),
  outlineOf: (text) => JSON.stringify(outlineOf(text)),
  writePrompt: (format, prompt) => JSON.stringify(writePrompt(format, readJson(prompt) as unknown as DocumentPrompt)),
  signatureOf: (version) => JSON.stringify(signatureOf(readJson(version) as unknown as Signed)),
};

/** What is said of a file in place of its prompts, where it is JSON of more than is parsed. */
function outsizeIn(text: string): PromptDocument | null {
  const message = mayBeJson(text.trimStart()) ? outsizeOf(text) : null;
  const note = { prompt: null, within: null, line: 1, column: 1 };
  return message === null ? null : { prompts: [], places: [], warnings: [], refusals: [{ ...note, message }] };
}

/** Does a task in this thread, at once. */
export function runTask<Name extends keyof Tasks>(name: Name, input: Parameters<Tasks[Name]>): ReturnType<Tasks[Name]> {
  return tasks[name](...input);
}
