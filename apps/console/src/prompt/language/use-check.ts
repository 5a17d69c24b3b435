import { useEffect, useState } from 'react';
import { useSettled } from '../../data/settled.ts';
import { ask } from './ask.ts';
import type { Checked } from './questions.ts';

const SETTLED_MS = 200;

/** What the language says of a text, once somebody pauses; null until then. */
export function useCheck(text: string): Checked | null {
  const settled = useSettled(text, SETTLED_MS);
  const [answer, setAnswer] = useState<{ readonly text: string; readonly checked: Checked } | null>(null);
  useEffect(() => {
    let isAsked = true;
    ask('check', settled).then(
      (checked) => isAsked && setAnswer({ text: settled, checked }),
      // Nothing is said of it then; the server does, once it is saved.
      () => undefined,
    );
    return () => {
      isAsked = false;
    };
  }, [settled]);
  return answer !== null && answer.text === text ? answer.checked : null;
}
