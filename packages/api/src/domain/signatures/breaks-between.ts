import { compare, type SchemaBreak } from '@promptory/template';
import { type Signed, signatureOf } from './signature-of.ts';

/** One thing by which a version breaks the callers of another, as it is answered. */
export type VersionBreak = Pick<SchemaBreak, 'side' | 'path' | 'decided' | 'message'> & {
  readonly kind: SchemaBreak['kind'] | 'kind';
};

/** Of a version that breaks more, the rest is counted. */
export const MAX_BREAKS = 100;
const MAX_PATH = 500;
const MAX_MESSAGE = 1_000;
/** Characters of the inputs of a version as JSON: some thirty of them. What is compared grows with their square. */
const FEW_INPUTS = 1_500;

/** What breaks, at most a hundred things, and how many there are. */
export interface VersionBreaks {
  readonly breaks: readonly VersionBreak[];
  readonly count: number;
}

/**
 * What of a version breaks the callers of another one. A version whose text is no template has promised nothing; one that has no
 * signature any more breaks every promise. May take the processor for longer than others should wait.
 */
export function breaksBetween(before: Signed, after: Signed): VersionBreaks {
  const [old, next] = [signatureOf(before), signatureOf(after)];
  if (!old.ok) return { breaks: [], count: 0 };
  if (!next.ok) {
    const { message, line } = next.fault;
    const place = line === null ? '' : ` at line ${line}`;
    return shown([
      { side: 'input', path: '', kind: 'narrowed', decided: true, message: `cannot be rendered${place}: ${message}` },
    ]);
  }
  const compared = compare(old.signature, next.signature);
  return shown([...kindBreaks(before, after), ...(compared.compatible ? [] : compared.breaks)]);
}

/** Whether versions with short texts are compared within some milliseconds: a short text may have hundreds of inputs. */
export const comparesQuickly = (before: Signed, after: Signed): boolean =>
  [before, after].every((version) => {
    const signature = signatureOf(version);
    return !signature.ok || JSON.stringify(signature.signature.inputs).length <= FEW_INPUTS;
  });

/** Whoever sends text to a model cannot send messages, nor the other way round. */
function kindBreaks(before: Signed, after: Signed): VersionBreak[] {
  const [was, is] = [before, after].map(({ messages }) => (messages === null ? 'text' : 'messages'));
  if (was === is) return [];
  return [{ side: 'output', path: '', kind: 'kind', decided: true, message: `gives ${is}, and gave ${was}` }];
}

const shown = (breaks: readonly VersionBreak[]): VersionBreaks => ({
  breaks: breaks.slice(0, MAX_BREAKS).map(({ side, path, kind, decided, message }) => ({
    ...{ side, kind, decided },
    path: path.slice(0, MAX_PATH).toWellFormed(),
    message: message.slice(0, MAX_MESSAGE).toWellFormed(),
  })),
  count: breaks.length,
});
