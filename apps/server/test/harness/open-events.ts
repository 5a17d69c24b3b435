import { eventsIn } from './first-events.ts';

type Event = ReturnType<typeof eventsIn>[number];

/** A stream of events over a connection of its own, as a client without any library reads it. */
export interface OpenedEvents {
  readonly status: number;
  /** All that were told by now, without signs of life. */
  readonly events: readonly Event[];
  /** The id that a client would come back with. */
  readonly leftAt: () => string;
  /** The events from the last call on, as soon as there is one of which this is so; rejects where the stream ends before. */
  until(isSo: (event: Event) => boolean): Promise<readonly unknown[]>;
  /** Resolves when the stream is over: whether it was ended politely. */
  readonly over: Promise<'ended' | 'cut off'>;
  close(): void;
}

/** @param address such as `http://127.0.0.1:3000/prompts/watch?refs=triage` */
export async function openEvents(address: string, headers: Readonly<Record<string, string>>): Promise<OpenedEvents> {
  const closing = new AbortController();
  const response = await fetch(address, { headers: { ...headers }, signal: closing.signal });
  const events: Event[] = [];
  let text = '';
  let read = 0;
  let leftAt = '';
  let isOver = false;
  let wake = (): void => undefined;

  const take = (chunk: string): void => {
    text += chunk;
    const end = text.lastIndexOf('\n\n') + 2;
    if (end < 2) return;
    const whole = text.slice(0, end);
    text = text.slice(end);
    for (const [, id] of whole.matchAll(/^id: (.+)$/gmu)) leftAt = id ?? leftAt;
    events.push(...eventsIn(whole));
    wake();
  };
  const reading = async (): Promise<'ended' | 'cut off'> => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) take(decoder.decode(chunk as Uint8Array, { stream: true }));
      return 'ended';
    } catch {
      return 'cut off';
    } finally {
      isOver = true;
      wake();
    }
  };
  const over = reading();
  return {
    status: response.status,
    events,
    over,
    leftAt: () => leftAt,
    async until(isSo) {
      for (let at = read; ; ) {
        for (; at < events.length; at += 1) {
          if (!isSo(events[at] as Event)) continue;
          const found = events.slice(read, at + 1).map(({ data }) => data);
          read = at + 1;
          return found;
        }
        if (isOver) throw new Error(`The stream is over; it told ${JSON.stringify(events)} ${text}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    close: () => closing.abort(),
  };
}
