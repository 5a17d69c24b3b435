export { canonicalJson } from './canonical-json.ts';
export { diffJson, type PathChange } from './json-diff.ts';
export type { JsonValue } from './json-value.ts';
export { type ChangeType, diffText, type LineChange, type TextChange, type TextDiff } from './text-diff.ts';
export { diffVersions, type VersionContent, type VersionDiff } from './version-diff.ts';
