import { type RememberedAnswer, rememberedCalls } from '@promptory/api/server';
import { etagOf, jsonWithin, MAX_ANSWER_BYTES, resultText } from '@promptory/trpc-fastify';
import type { AskedCall } from './asked-call.ts';

/** Names and values of headers, one after the other, as Node takes them. */
export type HeaderList = readonly string[];

/** An answer as it is sent, but for the headers of one request. */
export interface AnswerForm {
  readonly body: string;
  readonly bytes: number;
  readonly head: HeaderList;
  /** Of REST. */
  readonly etag: string | null;
}

type Forms = Partial<Record<AskedCall['over'], AnswerForm | null>>;

type FormOf = (answer: RememberedAnswer, call: Pick<AskedCall, 'over' | 'procedure'>) => AnswerForm | null;

/**
 * Writes what is remembered once for each transport, and keeps that as long as it is remembered; null where it is too large to be sent.
 *
 * @param heads what every answer carries
 */
export function keptForms(heads: Readonly<Record<AskedCall['over'], HeaderList>>): FormOf {
  const kept = new WeakMap<object, Forms>();
  return (answer, call) => {
    const forms = kept.get(answer.kept) ?? {};
    const known = forms[call.over];
    if (known !== undefined) return known;
    const made = formOf(answer, call, heads[call.over]);
    forms[call.over] = made;
    kept.set(answer.kept, forms);
    return made;
  };
}

function formOf(
  answer: RememberedAnswer,
  { over, procedure }: Parameters<FormOf>[1],
  head: HeaderList,
): AnswerForm | null {
  const output = answer.output();
  const { text, bytes = 0 } = jsonWithin(output, MAX_ANSWER_BYTES) ?? {};
  if (text === undefined) return null;
  if (over === 'wire') {
    const body = resultText(text);
    return { ...formed(body, Buffer.byteLength(body), [...head, 'content-type', 'application/json']), etag: null };
  }
  const etag = etagOf(text, output, rememberedCalls[procedure].etag);
  const typed = [...head, 'etag', etag, 'content-type', 'application/json; charset=utf-8'];
  return { ...formed(text, bytes, typed), etag };
}

const formed = (body: string, bytes: number, head: HeaderList) => ({
  ...{ body, bytes },
  head: [...head, 'content-length', String(bytes)],
});
