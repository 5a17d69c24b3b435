import { answers } from './answers.ts';
import type { Answered, Asked } from './questions.ts';

/** Reads texts apart from the page, which stays quick however long they are. */
function answer({ number, question, asked }: Asked): Answered {
  try {
    const answerTo = answers[question] as (asked: Asked['asked']) => Answered['answer'];
    return { number, answer: answerTo(asked) } as Answered;
  } catch (error) {
    return { number, failed: String(error) };
  }
}

self.addEventListener('message', ({ data }: MessageEvent<Asked>) => self.postMessage(answer(data)));
