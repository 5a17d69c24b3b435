import { type UseQueryResult, useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { me } from '../../data/own.ts';
import { wordsOf } from '../../ui/failure.tsx';
import type { CurrentPrompt } from '../calls.ts';
import type { Included } from '../language/questions.ts';
import { type Inclusion, includedBy, inclusionOf, resolvedVersion, togetherOf } from './calls.ts';
import type { Owner } from './references.ts';

/** What is included, as far as that is known. */
interface Known {
  /** Undefined until all of it is known, and where there is nothing. */
  readonly included: Included | undefined;
  readonly inclusions: readonly Inclusion[];
}

/** @param handle of whoever owns the text; null for one of the caller's own */
export function useOwner(handle: string | null): Owner | null {
  const { data } = useQuery(me());
  if (data === undefined) return null;
  return { handle: handle ?? data.handle, isCaller: handle === null || handle === data.handle };
}

const nothing: Known = { included: undefined, inclusions: [] };

/** What a text includes that is being written, by the references that it has now. */
export function useIncluded(references: readonly string[], owner: Owner | null): Known {
  return useQueries({
    queries: owner === null ? [] : references.map((reference) => inclusionOf(reference, owner)),
    combine: (results: readonly UseQueryResult<Inclusion>[]): Known => {
      if (results.length === 0 || results.some(({ isPending }) => isPending)) return nothing;
      const inclusions = results.map(({ data, error }, index) => data ?? failed(references[index] ?? '', error));
      return { inclusions, included: togetherOf(inclusions) };
    },
  });
}

const failed = (reference: string, error: unknown): Inclusion => ({ reference, to: null, why: wordsOf(error) });

type Saved = Pick<CurrentPrompt, 'content' | 'messages' | 'version'>;

/** Without such a word nothing is included, and nobody has to be asked. */
const mayInclude = ({ content, messages }: Saved): boolean =>
  (messages === null ? content : JSON.stringify(messages)).includes('render');

/** What a saved version includes. */
export function useIncludedBy(ref: string, text: Saved) {
  const { data, error, refetch } = useQuery({ ...resolvedVersion(ref, text.version), enabled: mayInclude(text) });
  const refs = new Map(data?.included.map((one) => [`${one.promptId}#${one.version}`, one]));
  return {
    // The same object for as long as it is the same: what is rendered with it is worked out once.
    included: useMemo(() => (data === undefined ? undefined : includedBy(data)), [data]),
    inclusions: (data?.includes ?? []).map(({ name, promptId, version }): Inclusion => {
      const to = refs.get(`${promptId}#${version}`);
      return to === undefined
        ? { reference: name, to: null, why: 'It is not there, or you may not read it.' }
        : { reference: name, to: { promptId, version, ref: to.ref }, texts: textsOf(to) };
    }),
    error,
    refetch,
  };
}

const textsOf = ({ promptId, version, content }: { promptId: string; version: number; content: string }) => [
  { key: `${promptId}#${version}`, content, inputSchema: null, includes: [] },
];
