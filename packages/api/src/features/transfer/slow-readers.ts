import type { SignedInContext } from '../../context.ts';

// What an export has read waits for its reader, who may take minutes.

/** Of what is read at once, and waits in memory while the reader of the export does not read on: the less, the slower that is. */
const BYTES_A_QUERY = { least: 32_768, most: 262_144 };
/** What has waited for longer is read again before it is given: the right to it may have ended meanwhile. */
const FRESH_MS = 2_000;

/** To be called before something is read. @returns whether that may be given still */
export function freshness({ clock }: Pick<SignedInContext, 'clock'>): () => boolean {
  const readAt = clock.now().getTime();
  return () => clock.now().getTime() - readAt < FRESH_MS;
}

/** How much is read at once. */
export interface Pace {
  readonly bytes: number;
  /** All of it was given, and whether before it was too old. */
  given(isFresh: boolean): void;
}

/** Twice as much each time for a reader who takes it at once, and little again for one who lets it wait. */
export function pace(): Pace {
  let bytes = BYTES_A_QUERY.least;
  return {
    get bytes() {
      return bytes;
    },
    given(isFresh) {
      bytes = isFresh ? Math.min(2 * bytes, BYTES_A_QUERY.most) : BYTES_A_QUERY.least;
    },
  };
}
