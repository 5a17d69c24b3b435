export { canonicalJson } from './canonical-json.ts';
export { type Conversion, type ConvertOptions, convert, type Dialect, type Refused } from './convert/convert.ts';
export { diffJson, type PathChange } from './diff/json-diff.ts';
export type { Place } from './diff/run-list.ts';
export type { ChangeType, TextChange, TextRun } from './diff/text-change.ts';
export { diffText, type TextDiff, type TextDiffOptions } from './diff/text-diff.ts';
export {
  diffVersions,
  type JsonDiff,
  type VersionContent,
  type VersionDiff,
} from './diff/version-diff.ts';
export type { JsonValue } from './json-value.ts';
