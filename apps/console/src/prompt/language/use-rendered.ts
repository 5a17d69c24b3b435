import { useMemo } from 'react';
import type { Asking, Rendered } from './questions.ts';
import { useAnswer } from './use-answer.ts';

/** What a prompt says with these values: what it said last, until the worker has answered; null until the first time. */
export function useRendered(
  text: Pick<Asking, 'content' | 'messages' | 'included'>,
  { values, inputs }: Pick<Asking, 'values' | 'inputs'>,
): Rendered | null {
  const typed = JSON.stringify(values);
  const asked = useMemo(() => {
    const { content, messages, included } = text;
    return { content, messages, included, values: JSON.parse(typed) as Asking['values'], inputs };
  }, [text, typed, inputs]);
  return useAnswer('render', asked, ({ message }) => ({ said: null, why: message, faults: {} }))?.answer ?? null;
}
