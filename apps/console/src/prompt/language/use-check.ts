import { useSettled } from '../../data/settled.ts';
import type { Checked } from './questions.ts';
import { useAnswer } from './use-answer.ts';

const SETTLED_MS = 200;

/** What the language says of a text, once somebody pauses; null until then. */
export function useCheck(text: string): Checked | null {
  const known = useAnswer('check', useSettled(text, SETTLED_MS));
  return known !== null && known.about === text ? known.answer : null;
}
