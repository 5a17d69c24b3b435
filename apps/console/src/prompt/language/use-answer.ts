import { useEffect, useEffectEvent, useState } from 'react';
import { ask } from './ask.ts';
import type { Question, Questions } from './questions.ts';

/** An answer, and what it is of. */
interface Known<Name extends Question, About> {
  readonly about: About;
  readonly answer: Questions[Name]['answer'];
}

/**
 * The latest answer of the worker, which stays until there is another one; null until the first. What is not asked any more is not
 * answered either, nor is what fails: the server says what is wrong with it, once it is saved.
 *
 * @param about the same object for as long as it is the same question; null where there is nothing to ask
 */
export function useAnswer<Name extends Question, About extends Questions[Name]['asked']>(
  question: Name,
  about: About | null,
  failed?: (error: Error) => Questions[Name]['answer'],
): Known<Name, About> | null {
  const [known, setKnown] = useState<Known<Name, About> | null>(null);
  const fail = useEffectEvent((error: Error) => failed?.(error));
  useEffect(() => {
    if (about === null) return;
    let isAsked = true;
    const know = (answer: Questions[Name]['answer'] | undefined): void => {
      if (isAsked && answer !== undefined) setKnown({ about, answer });
    };
    ask(question, about).then(know, (error: Error) => know(fail(error)));
    return () => {
      isAsked = false;
    };
  }, [question, about]);
  return known;
}
