import { jsonExcess } from '@promptory/trpc-fastify/procedure';

/** What is said of JSON that holds more than is parsed; null of what does not. Whether it is JSON shows later. */
export function outsizeOf(text: string): string | null {
  const excess = jsonExcess(text);
  return excess === null ? null : `It is JSON of too many ${excess}: import it in parts.`;
}
