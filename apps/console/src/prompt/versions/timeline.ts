import type { VersionSummary } from '@promptory/client';
import type { LabelMove } from '../labels/calls.ts';

/** What happened to a prompt, the last of it first: versions, and between them the moves of its labels. */
export type TimelineEntry =
  | { readonly type: 'version'; readonly version: VersionSummary }
  | { readonly type: 'move'; readonly move: LabelMove; readonly isLast: boolean };

/**
 * @param moves of each label, the last one first
 * @param isWhole whether all versions are there: else what is older than these waits for them
 */
export function timelineOf(
  versions: readonly VersionSummary[],
  moves: readonly (readonly LabelMove[])[],
  isWhole: boolean,
): readonly TimelineEntry[] {
  const oldest = versions.at(-1)?.createdAt;
  const shown = moves.flatMap((ofLabel) =>
    ofLabel.flatMap((move, index) =>
      isWhole || (oldest !== undefined && move.movedAt >= oldest) ? { move, isLast: index === 0 } : [],
    ),
  );
  const entries: (TimelineEntry & { at: string })[] = [
    // At one time a move is later: the version that it goes to was there.
    ...shown.map(({ move, isLast }) => ({ type: 'move' as const, move, isLast, at: move.movedAt })),
    ...versions.map((version) => ({ type: 'version' as const, version, at: version.createdAt })),
  ];
  return entries.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}
