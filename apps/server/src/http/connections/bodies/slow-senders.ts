import type { ConnectionBounds } from '../../../settings/bounds/connections.ts';

/** A body that arrives. */
export interface Sender {
  /** Bytes of it that are here. */
  sent(): number;
  /** Whether no more of it is read for now, so that its client waits for us. */
  waitsForUs(): boolean;
  /** It is too slow: once, and again while it goes on. */
  onSlow(waitedMs: number): void;
}

/** The bodies that arrive, and how slowly they may. */
export interface SlowSenders {
  begin(sender: Sender): void;
  end(sender: Sender): void;
  /** When it last was fast enough, by the clock of `now`; undefined for one that does not arrive. */
  sinceOf(sender: Sender): number | undefined;
  /** To be called every second or so. */
  sweep(): void;
}

/**
 * A body is slow of which, within the time of `slowestSender`, neither so many bytes nor the rest has come: so one that sends
 * a byte now and then lives no longer than one that sends none, and a large one on a slow line arrives.
 *
 * @param now milliseconds
 */
export function slowSenders(
  { slowestSender }: Pick<ConnectionBounds, 'slowestSender'>,
  now: () => number = () => performance.now(),
): SlowSenders {
  const senders = new Map<Sender, { since: number; sentThen: number }>();
  const patienceMs = slowestSender.seconds * 1_000;
  return {
    begin(sender) {
      senders.set(sender, { since: now(), sentThen: 0 });
    },
    end(sender) {
      senders.delete(sender);
    },
    sinceOf: (sender) => senders.get(sender)?.since,
    sweep() {
      const time = now();
      for (const [sender, watched] of senders) {
        if (sender.waitsForUs() || sender.sent() - watched.sentThen >= slowestSender.bytes) {
          watched.since = time;
          watched.sentThen = sender.sent();
        }
        if (time - watched.since >= patienceMs) sender.onSlow(Math.round(time - watched.since));
      }
    },
  };
}
