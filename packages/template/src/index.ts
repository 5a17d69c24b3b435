export { canonicalJson } from './canonical-json.ts';
export { type Conversion, type ConvertOptions, convert, type Dialect, type Refused } from './convert/convert.ts';
export { type ConvertToOptions, convertTo, type WrittenDialect } from './convert/from-liquid/convert-to.ts';
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
export {
  BUNDLE_FORMAT,
  type BundleGroup,
  type BundleMove,
  type BundlePrompt,
  type BundleSignature,
  type BundleVersion,
  bundlePayload,
  type PromptBundle,
} from './formats/bundle/bundle.ts';
export type {
  DocumentMessage,
  DocumentNote,
  DocumentPart,
  DocumentPrompt,
  PromptDocument,
} from './formats/document/prompt-document.ts';
export { unkeptNode } from './formats/document/unkept-node.ts';
export {
  type DotpromptFile,
  type FileReader,
  partialIn,
  type ReadFile,
  type ReadPartial,
  readDotpromptFiles,
} from './formats/dotprompt/dotprompt-files.ts';
export { type Outline, outlineOf } from './formats/dotprompt/outline.ts';
export type { LangfuseNames, NamedPrompt } from './formats/langfuse/read-langfuse.ts';
export {
  detectFormat,
  mayBeJson,
  nameWithoutEnding,
  type OthersOfImport,
  type PromptFormat,
  promptFormats,
  readPrompts,
} from './formats/read-prompts.ts';
export {
  filesOf,
  type Loss,
  type Written,
  type WrittenFormat,
  writePrompt,
  writtenFormats,
} from './formats/write-prompts.ts';
export { namesIn } from './json-pointer.ts';
export type { JsonValue } from './json-value.ts';
export { filterNames } from './language/engine/filters.ts';
export { type IncludedPrompt, link, linkLater, type ResolveInclude } from './language/includes.ts';
export { type InputSchema, inferInputs, LANGUAGE_VERSION, type MessageInput } from './language/inputs/infer-inputs.ts';
export { type InputConflict, type MergedInputs, mergeInputs } from './language/inputs/merge-inputs.ts';
export { promptInputs } from './language/inputs/prompt-inputs.ts';
export {
  MAX_INCLUDE_DEPTH,
  MAX_INCLUDED_PROMPTS,
  type RenderLimits,
  renderLimits,
  templateLimits,
} from './language/limits.ts';
export { includesOf, parse, Template } from './language/parse.ts';
export { print } from './language/print.ts';
export {
  ChatTemplate,
  checkPlaceholders,
  type IncludePlace,
  includePlaces,
  type Message,
  type MessageRole,
  type MessageSource,
  messageListSchema,
  messageRoles,
  type PartSource,
  type PlaceholderSource,
  parseMessages,
  renderMessages,
} from './language/rendering/messages.ts';
export type { InputValues } from './language/rendering/plain-values.ts';
export { readableContent } from './language/rendering/readable-content.ts';
export {
  checkedValues,
  InputError,
  type RenderOptions,
  render,
} from './language/rendering/render.ts';
export type { Node } from './language/syntax/syntax.ts';
export {
  type PromptFault,
  promptFault,
  TemplateError,
  type TemplateErrorCode,
  type TemplatePlace,
} from './language/template-error.ts';
export { checkValue, SchemaError, type ValueFault, type ValueRule } from './schema/check.ts';
export { checkInputs } from './schema/check-inputs.ts';
export { checkSchema, MAX_SCHEMA_BYTES, MAX_SCHEMA_DEPTH, type SchemaFault } from './schema/check-schema.ts';
export {
  type Comparison,
  compare,
  compareInputs,
  compareOutputs,
  type SchemaBreak,
  type Signature,
} from './schema/compare.ts';
export { type FieldFault, type FieldFaultParams, fieldFault } from './schema/field-fault.ts';
export { comment as docComment, literal } from './schema/typescript/source-text.ts';
export { inputTypesOf, typeScriptOf } from './schema/typescript-of.ts';
