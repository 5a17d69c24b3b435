import { type RememberedAnswer, rememberedCalls } from '@promptory/api/server';
import { etagOf, jsonWithin, MAX_ANSWER_BYTES, resultText } from '@promptory/trpc-fastify';
import type { AskedCall } from './asked-call.ts';

/** A body as it is sent. */
export interface AnswerForm {
  readonly body: string;
  readonly bytes: number;
  /** Its Content-Type. */
  readonly type: string;
  /** Of REST. */
  readonly etag: string | null;
}

type Forms = Partial<Record<AskedCall['over'], AnswerForm | null>>;

type FormOf = (answer: RememberedAnswer, call: Pick<AskedCall, 'over' | 'procedure'>) => AnswerForm | null;

/** Writes what is remembered once for each transport, and keeps that as long as it is remembered; null where it is too large to be sent. */
export function keptForms(): FormOf {
  const kept = new WeakMap<object, Forms>();
  return (answer, call) => {
    const forms = kept.get(answer.kept) ?? {};
    const known = forms[call.over];
    if (known !== undefined) return known;
    const made = formOf(answer, call);
    forms[call.over] = made;
    kept.set(answer.kept, forms);
    return made;
  };
}

function formOf(answer: RememberedAnswer, { over, procedure }: Parameters<FormOf>[1]): AnswerForm | null {
  const output = answer.output();
  const { text, bytes = 0 } = jsonWithin(output, MAX_ANSWER_BYTES) ?? {};
  if (text === undefined) return null;
  if (over === 'wire') {
    const body = resultText(text);
    return { body, bytes: Buffer.byteLength(body), type: 'application/json', etag: null };
  }
  const etag = etagOf(text, output, rememberedCalls[procedure].etag);
  return { body: text, bytes, type: 'application/json; charset=utf-8', etag };
}
