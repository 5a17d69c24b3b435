import type { BundleGroup, ImportPromptsInput, ImportWarning, PromptVisibility } from '@promptory/schemas';
import type { ImportedPrompt } from '../import/imported-prompt.ts';
import type { RunningImport } from '../import/running-import.ts';

/** A version that a file gives. */
export interface ItemVersion {
  readonly prompt: ImportedPrompt;
  readonly changeNote: string | null;
  /** Null is the time of the import. */
  readonly createdAt: string | null;
  /** Which versions of the other prompts of its file or import its references lead to, by the ids that they have there. */
  readonly includes?: readonly BundleInclude[];
}

/** What a reference of a version leads to; the version is counted among those that are imported, from 1. */
export interface BundleInclude {
  readonly name: string;
  readonly promptId: string;
  readonly version: number;
}

/** A label: at which of the item's versions it points, from 0; null where it is only protected. */
export interface ItemLabel {
  readonly label: string;
  readonly version: number | null;
  readonly isProtected: boolean;
}

/** A step of a label in the past, between the item's versions. */
export interface ItemMove {
  readonly label: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly movedAt: string;
  readonly reason: string | null;
  readonly isBreaking: boolean;
}

/** A prompt of a file, with all its versions that stand there. */
export interface PromptItem {
  readonly slug: string;
  readonly title: string;
  /** At least one, the oldest first. */
  readonly versions: readonly ItemVersion[];
  /** Whether the file says which version follows which; else there is one, which is to be the latest. */
  readonly hasHistory: boolean;
  /** Whether it may be the same prompt as one before it in the files: a long list of versions stands in several. */
  readonly goesOn: boolean;
  /** As its file calls it, where that tells prompts apart which are called alike here. */
  readonly calledAs?: string;
  readonly labels: readonly ItemLabel[];
  /** Of a prompt that is new here. */
  readonly moves: readonly ItemMove[];
  readonly aliases: readonly string[];
  /** What it was where its bundle was made, or is called within its import. */
  readonly bundled?: { readonly id: string; readonly ref: string };
  /** The ids of those that it is nothing without: where one of them is refused, so is it. */
  readonly needs?: readonly string[];
}

/** An item of an import: a prompt, or why it is none. */
export interface ImportItem {
  /** From 1. */
  readonly row: number;
  readonly file: string | null;
  readonly title: string;
  readonly warnings: readonly ImportWarning[];
  readonly prompt: PromptItem | null;
  readonly fault: string | null;
}

/** What files hold: their prompts, and the groups of those in bundles. */
export interface ReadItems {
  readonly items: readonly ImportItem[];
  readonly groups: readonly BundleGroup[];
}

/** How items are imported. */
export interface ItemsRun extends Pick<ImportPromptsInput, 'dryRun' | 'acceptBreaking' | 'reason'> {
  readonly running: Pick<RunningImport, 'requireCaller'>;
  /** Of new prompts whose file does not say. */
  readonly visibility: PromptVisibility;
}
