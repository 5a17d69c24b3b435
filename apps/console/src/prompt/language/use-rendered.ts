import { useEffect, useState } from 'react';
import { ask } from './ask.ts';
import type { Asking, Rendered } from './questions.ts';

/** What a prompt says with these values: what it said last, until the worker has answered; null until the first time. */
export function useRendered(
  text: Pick<Asking, 'content' | 'messages'>,
  { values, inputs }: Pick<Asking, 'values' | 'inputs'>,
): Rendered | null {
  const [rendered, setRendered] = useState<Rendered | null>(null);
  const typed = JSON.stringify(values);
  useEffect(() => {
    let isAsked = true;
    const { content, messages } = text;
    ask('render', { content, messages, values: JSON.parse(typed) as Asking['values'], inputs }).then(
      (answer) => isAsked && setRendered(answer),
      ({ message }: Error) => isAsked && setRendered({ said: null, why: message, faults: {} }),
    );
    return () => {
      isAsked = false;
    };
  }, [text, typed, inputs]);
  return rendered;
}
