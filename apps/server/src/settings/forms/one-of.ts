import { z } from 'zod';
import { closestWord } from '../names/closest.ts';

const choices = new Intl.ListFormat('en', { type: 'disjunction' });

/**
 * A setting that is one of a few words.
 * @param unsaid words that are taken, and are nothing for whoever runs a server
 */
export const oneOf = <const Words extends readonly string[]>(words: Words, unsaid: readonly string[] = []) => {
  const said = words.filter((word) => !unsaid.includes(word));
  return z.enum(words, {
    error: ({ input }) => {
      const meant = closestWord(String(input), said);
      return `must be ${choices.format(said)}${meant === undefined ? '' : `: is ${meant} meant?`}`;
    },
  });
};
