const FORGET_MS = 3_600_000;
const MOST = 10;
const MOST_LENGTH = 100;

/**
 * A line for each origin whose pages are refused, once an hour, and of ten origins in that hour at most: whoever sends
 * another one with each request could fill the log.
 */
export function refusedOrigins(logger: { warn(facts: object, text: string): void }): (origin: string) => void {
  const said = new Set<string>();
  let since = performance.now();
  return (origin) => {
    const now = performance.now();
    if (now - since >= FORGET_MS) {
      said.clear();
      since = now;
    }
    const shown = isPlain(origin) ? origin : '…';
    if (said.size >= MOST || said.has(shown)) return;
    said.add(shown);
    logger.warn({ origin: shown }, 'a page of this origin was refused: if it is yours, add the origin to CORS_ORIGINS');
  };
}

/** Nothing but an origin, or what a page without one sends. */
const isPlain = (origin: string): boolean =>
  origin === 'null' || (origin.length <= MOST_LENGTH && URL.canParse(origin) && new URL(origin).origin === origin);
