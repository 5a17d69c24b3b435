import { rememberedAnswer } from '@promptory/api/server';
import type { ResolvedPrompt } from '@promptory/schemas';
import { etagOf, jsonWithin, MAX_ANSWER_BYTES, resultText } from '@promptory/trpc-fastify';
import type { AskedPrompt } from './asked-prompt.ts';

/** A body as it is sent. */
export interface AnswerForm {
  readonly body: string;
  readonly bytes: number;
  /** Its Content-Type. */
  readonly type: string;
  /** Of REST. */
  readonly etag: string | null;
}

type Forms = Partial<Record<AskedPrompt['over'], AnswerForm | null>>;

/** Writes what is remembered once for each transport, and keeps that as long as it is remembered; null where it is too large to be sent. */
export function keptForms(): (prompt: ResolvedPrompt, over: AskedPrompt['over']) => AnswerForm | null {
  const kept = new WeakMap<ResolvedPrompt, Forms>();
  return (prompt, over) => {
    const forms = kept.get(prompt) ?? {};
    const known = forms[over];
    if (known !== undefined) return known;
    const made = formOf(prompt, over);
    forms[over] = made;
    kept.set(prompt, forms);
    return made;
  };
}

function formOf(prompt: ResolvedPrompt, over: AskedPrompt['over']): AnswerForm | null {
  const answer = rememberedAnswer(prompt);
  const text = jsonWithin(answer, MAX_ANSWER_BYTES)?.text;
  if (text === undefined) return null;
  if (over === 'wire') return { ...sized(resultText(text)), type: 'application/json', etag: null };
  return { ...sized(text), type: 'application/json; charset=utf-8', etag: etagOf(text, answer, true) };
}

const sized = (body: string) => ({ body, bytes: Buffer.byteLength(body) });
