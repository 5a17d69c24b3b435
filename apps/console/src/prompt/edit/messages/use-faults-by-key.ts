import { useState } from 'react';
import { faultsOf as byPath } from '../../../ui/failure.tsx';
import type { DraftMessage } from './draft-message.ts';

/** What is wrong with a message, by its path in it, parts by their keys: `content.<key>.url`; empty for it as a whole. */
export type MessageFaults = Readonly<Record<string, string>>;

const none: MessageFaults = {};

/** The fault at a path, or of what lies within. */
export const faultAt = (faults: MessageFaults, path: string): string | undefined =>
  Object.entries(faults).find(([at]) => at === path || at.startsWith(`${path}.`))?.[1];

/** Any of them. */
export const firstFault = (faults: MessageFaults): string | undefined => Object.values(faults)[0];

/** The faults of messages by their keys: once something is moved, what is wrong with it goes along. */
export function useFaultsByKey(error: unknown, messages: readonly DraftMessage[]) {
  const [refused, setRefused] = useState({ error, messages });
  if (refused.error !== error) setRefused({ error, messages });
  const faults = new Map<string, Record<string, string>>();
  let others: string | undefined;
  for (const [path, [said = '']] of Object.entries(byPath(refused.error))) {
    const [field, index, ...rest] = path.split('.');
    if (field !== 'messages') continue;
    const message = index === undefined ? undefined : refused.messages[Number(index)];
    if (message === undefined) others = said;
    else faults.set(message.key, { [within(message, rest)]: said, ...faults.get(message.key) });
  }
  return { faultsOf: (key: string): MessageFaults => faults.get(key) ?? none, others };
}

function within(message: DraftMessage, [member, index, ...rest]: readonly string[]): string {
  const part = message.kind === 'parts' && member === 'content' ? message.parts[Number(index)] : undefined;
  return [member, part?.key ?? index, ...rest].filter((name) => name !== undefined).join('.');
}
