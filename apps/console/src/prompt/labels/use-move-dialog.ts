import { useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { type AskedMove, readMove, withMove } from './move-at.ts';

/** The move that the address asks for, and how it asks for one, another, or none any more. */
export function useMoveDialog() {
  const query = useSearch();
  const [path, navigate] = useLocation();
  const asked = readMove(query);
  const go = (move: AskedMove | null, replace: boolean) => navigate(path + withMove(query, move), { replace });
  return {
    asked,
    // The way back closes it; what is chosen in it is no step of its own.
    ask: (move: AskedMove) => go(move, asked !== null),
    close: () => go(null, true),
  };
}
