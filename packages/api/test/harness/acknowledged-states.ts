/** A state that began when a change was acknowledged, by which server. */
export interface Acknowledged<T, Server> {
  readonly state: T;
  readonly by: Server;
  /** When the change was asked for, and when it was answered, in milliseconds. */
  readonly asked: number;
  readonly answered: number;
}

/** For so long others may answer what was before a change, in milliseconds; who answered the change may not at all. */
export const MOST_AGE_MS = 1_000;

/** Which states may be seen by who asks one server between two times: the last that must be known, and all that were begun since. */
export function visibleStates<T, Server>(
  states: readonly Acknowledged<T, Server>[],
  server: Server,
  began: number,
  ended: number,
): T[] {
  const isDue = ({ by, answered }: Acknowledged<T, Server>): boolean =>
    answered <= (by === server ? began : began - MOST_AGE_MS);
  const last = states.findLastIndex(isDue);
  return states
    .slice(Math.max(0, last))
    .filter(({ asked }) => asked <= ended)
    .map(({ state }) => state);
}
