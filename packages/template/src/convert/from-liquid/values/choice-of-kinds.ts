import { areSame, type Kinds } from './value-kinds.ts';

/** What a language can ask of a value by itself, and for which kinds that is true. */
export interface Question<Written> {
  readonly kinds: Kinds;
  readonly written: Written;
}

/** How questions say what is asked: one of several, and whether that is turned round. */
export interface Answer<Written> {
  readonly any: readonly Written[];
  readonly isNegated: boolean;
}

/**
 * What is true for just these kinds, among those that are possible: one question, or one of several, or none of several.
 * Null where no questions say it. The first that fit are taken, so the best stand first.
 */
export function answerFor<Written>(
  kinds: Kinds,
  possible: Kinds,
  questions: readonly Question<Written>[],
): Answer<Written> | null {
  for (const isNegated of [false, true]) {
    const wanted = isNegated ? ~kinds : kinds;
    const one = questions.find((question) => areSame(question.kinds, wanted, possible));
    if (one !== undefined) return { any: [one.written], isNegated };
  }
  for (const isNegated of [false, true]) {
    const any = covering((isNegated ? ~kinds : kinds) & possible, possible, questions);
    if (any !== null) return { any, isNegated };
  }
  return null;
}

function covering<Written>(wanted: Kinds, possible: Kinds, questions: readonly Question<Written>[]): Written[] | null {
  let left = wanted;
  const any: Written[] = [];
  for (const question of questions) {
    const inside = question.kinds & possible;
    if ((inside & ~wanted) !== 0 || (inside & left) === 0) continue;
    any.push(question.written);
    left &= ~inside;
  }
  return left === 0 && any.length > 0 ? any : null;
}
