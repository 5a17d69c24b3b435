export { canonicalJson } from './canonical-json.ts';
export { diffJson, type PathChange } from './diff/json-diff.ts';
export { type ChangeType, diffText, type LineChange, type TextChange, type TextDiff } from './diff/text-diff.ts';
export { diffVersions, type VersionContent, type VersionDiff } from './diff/version-diff.ts';
export type { JsonValue } from './json-value.ts';
