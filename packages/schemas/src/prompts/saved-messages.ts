// What no provider takes of a chat, whatever its texts say: refused when it is saved, so that it does not fail at the first call.
// What one of them takes is taken: results of tools in a user's message, pictures in an assistant's.
import { z } from 'zod';
import type { Diagnosis } from '../faults/fault.ts';
import { faultOptions } from '../faults/refusing.ts';
import { fault } from '../faults/sentences.ts';
import { ChatMessage, type MessagePart, type MessageRole } from './messages.ts';

type PartType = MessagePart['type'];

const MEDIA: readonly PartType[] = ['image', 'audio', 'file'];

const parts: Readonly<Record<MessageRole, ReadonlySet<PartType>>> = {
  system: new Set(['text']),
  developer: new Set(['text']),
  user: new Set(['text', ...MEDIA, 'tool_result']),
  assistant: new Set(['text', ...MEDIA, 'tool_call']),
  tool: new Set(['tool_result']),
};

const rolesWith = (type: PartType): string =>
  Object.entries(parts)
    .filter(([, types]) => types.has(type))
    .map(([role]) => `"${role}"`)
    .join(' or ');

interface SenseFault {
  readonly path: readonly (string | number)[];
  readonly diagnosis: Diagnosis;
}

/** An id may be an input, whose value nobody knows yet. */
const isOpenId = (id: string): boolean => id.includes('{{') || id.includes('{%');

/** Each place of a chat that no provider would take, in their order. */
function senseFaults(messages: readonly ChatMessage[]): SenseFault[] {
  const faults: SenseFault[] = [];
  const refuse = (path: readonly (string | number)[], message: string): void => {
    faults.push({ path, diagnosis: fault('out_of_place', {}, message) });
  };
  const calls = new Set<string>();
  /** The caller's own messages, or a call whose id an input gives, may have asked for any result. */
  let anyCall = false;
  for (const [index, message] of messages.entries()) {
    if ('type' in message) {
      anyCall = true;
      continue;
    }
    const { role, content } = message;
    if (typeof content === 'string') {
      if (role === 'tool') {
        refuse(
          [index, 'content'],
          'Must be a list of "tool_result" parts, which say by their `id` what call they answer',
        );
      }
      continue;
    }
    for (const [place, part] of content.entries()) {
      const path = [index, 'content', place];
      if (!parts[role].has(part.type)) {
        refuse(
          [...path, 'type'],
          `Must not be "${part.type}" in a message of role "${role}", only of ${rolesWith(part.type)}`,
        );
      } else if (part.type === 'tool_call') {
        if (isOpenId(part.id)) anyCall = true;
        else if (calls.has(part.id)) refuse([...path, 'id'], 'Must be another one: an earlier "tool_call" has it');
        calls.add(part.id);
      } else if (part.type === 'tool_result' && !anyCall && !calls.has(part.id) && !isOpenId(part.id)) {
        refuse([...path, 'id'], 'Must be the `id` of an earlier "tool_call"');
      }
    }
  }
  return faults;
}

function makesSense(payload: z.core.ParsePayload<ChatMessage[]>): void {
  for (const { path, diagnosis } of senseFaults(payload.value)) {
    const { error: message, params } = faultOptions(diagnosis);
    payload.issues.push({ code: 'custom', message, params, path: [...path], input: payload.value, continue: true });
  }
}

/** Messages as they are saved: what no provider takes is refused. Those that were saved before stay as they are. */
export const SavedMessages = z.array(ChatMessage).min(1).max(200).check(makesSense);
