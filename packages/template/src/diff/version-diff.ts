import { canonicalJson } from '../canonical-json.ts';
import type { JsonValue } from '../json-value.ts';
import { jsonBytes, utf8Bytes } from './json-bytes.ts';
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
  /** A JSON Schema; null is text. */
  outputSchema: JsonValue | null;
}

/** Where two JSON values differ; `stoppedAt` is the path of the first change that had no room, else null. */
export interface JsonDiff {
  changes: PathChange[];
  stoppedAt: string | null;
}

export interface VersionDiff {
  title: TextDiff;
  description: TextDiff;
  content: TextDiff;
  messages: JsonDiff;
  config: JsonDiff;
  inputSchema: JsonDiff;
  outputSchema: JsonDiff;
}

const KIBIBYTE = 1_024;
/** Bytes of each part as JSON. A changed message is also shown, line by line, in the content that is made of them. */
const MAX_BYTES = {
  title: 8 * KIBIBYTE,
  description: 128 * KIBIBYTE,
  content: 416 * KIBIBYTE,
  messages: 128 * KIBIBYTE,
  config: 112 * KIBIBYTE,
  inputSchema: 112 * KIBIBYTE,
  outputSchema: 112 * KIBIBYTE,
};

/** The differences between two versions of a prompt, at most a mebibyte of JSON: its texts by line and by word, all else by path. */
export function diffVersions(from: VersionContent, to: VersionContent): VersionDiff {
  const text = (part: 'title' | 'description' | 'content') =>
    diffText(from[part], to[part], { maxBytes: MAX_BYTES[part] });
  const json = (part: 'messages' | 'config' | 'inputSchema' | 'outputSchema') =>
    startOf(diffJson(from[part], to[part]), MAX_BYTES[part]);
  return {
    title: text('title'),
    description: text('description'),
    content: text('content'),
    messages: json('messages'),
    config: json('config'),
    inputSchema: json('inputSchema'),
    outputSchema: json('outputSchema'),
  };
}

/** What names, quotation marks and the type of a change take as JSON. */
const CHANGE_BYTES = 50;

function startOf(changes: PathChange[], maxBytes: number): JsonDiff {
  let left = maxBytes;
  const stop = changes.findIndex((change) => {
    left -= CHANGE_BYTES + jsonBytes(change.path) + valueBytes(change.from) + valueBytes(change.to);
    return left < 0;
  });
  if (stop === -1) return { changes, stoppedAt: null };
  return { changes: changes.slice(0, stop), stoppedAt: changes[stop]?.path ?? '' };
}

const valueBytes = (value: JsonValue | undefined): number =>
  // What canonical JSON escapes is escaped already.
  value === undefined ? 0 : utf8Bytes(canonicalJson(value));
