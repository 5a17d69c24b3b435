import type { JsonValue } from '../json-value.ts';
import { diffJson, type PathChange } from './json-diff.ts';
import { diffText, type TextDiff } from './text-diff.ts';

/** What a version of a prompt holds and a later one may change. */
export interface VersionContent {
  title: string;
  description: string;
  content: string;
  /** The messages of a chat prompt; null for a text prompt. */
  messages: JsonValue | null;
  config: JsonValue;
  /** A JSON Schema, or null where the author declared none. */
  inputSchema: JsonValue | null;
}

export interface VersionDiff {
  title: TextDiff;
  description: TextDiff;
  content: TextDiff;
  messages: PathChange[];
  config: PathChange[];
  inputSchema: PathChange[];
}

/** The differences between two versions of a prompt: its texts by line and by word, everything else by path. */
export function diffVersions(from: VersionContent, to: VersionContent): VersionDiff {
  return {
    title: diffText(from.title, to.title),
    description: diffText(from.description, to.description),
    content: diffText(from.content, to.content),
    messages: diffJson(from.messages, to.messages),
    config: diffJson(from.config, to.config),
    inputSchema: diffJson(from.inputSchema, to.inputSchema),
  };
}
