import { styleText } from 'node:util';
import type { Screen, Surroundings } from '../surroundings.ts';

type Style = Parameters<typeof styleText>[0];

/** Text in a style, or as it is. */
export type Paint = (style: Style, text: string) => string;

/** Colours are for terminals; NO_COLOR (no-color.org) and FORCE_COLOR say otherwise. */
function hasColors(screen: Screen, env: Surroundings['env']): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM } = env;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  return screen.isTTY === true && !none && TERM !== 'dumb';
}

export function paintFor(screen: Screen, env: Surroundings['env']): Paint {
  if (!hasColors(screen, env)) return (_, text) => text;
  // Whether the stream takes colours was decided here.
  return (style, text) => styleText(style, text, { validateStream: false });
}
