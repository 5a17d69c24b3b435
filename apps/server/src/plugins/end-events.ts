import type { ListenToChanges, Principal } from '@promptory/api/server';
import { EventBody } from '@promptory/trpc-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Of keys and sessions that end by themselves nothing is reported. */
const CHECK_INTERVAL_MS = 30_000;

type SignedIn = Exclude<Principal, { kind: 'anonymous' }>;

/** A stream of events that is open. */
interface OpenEvents {
  readonly caller: SignedIn;
  readonly req: FastifyRequest;
  cut(): void;
}

const credentialOf = (caller: SignedIn): string =>
  caller.kind === 'user' ? `session:${caller.sessionId}` : `key:${caller.keyId}`;

/**
 * Cuts off streams of events once their callers would be refused: as soon as it is reported that something of a session, a key or
 * their person has changed, and looks after all of them from time to time. As the server closes it ends them, so that their clients go
 * on with another one.
 *
 * @param options.listen to what is reported; a process that is told nothing has no such streams
 */
export function endEvents(
  app: FastifyInstance,
  options: {
    isStillAuthenticated(caller: Principal, req: FastifyRequest): Promise<boolean>;
    listen: ListenToChanges | null;
  },
): void {
  /** By what is reported of them. */
  const open = new Map<string, Set<OpenEvents>>();
  const bodies = new Set<EventBody<unknown>>();
  let isClosing = false;

  const enter = (topic: string, events: OpenEvents): void => {
    const those = open.get(topic);
    if (those === undefined) open.set(topic, new Set([events]));
    else those.add(events);
  };
  const leave = (topic: string, events: OpenEvents): void => {
    const those = open.get(topic);
    those?.delete(events);
    if (those?.size === 0) open.delete(topic);
  };

  /** Each credential is looked at once, whatever number of streams it has. */
  async function check(those: Iterable<OpenEvents>): Promise<void> {
    for (const events of Map.groupBy(those, ({ caller }) => credentialOf(caller)).values()) {
      const [first] = events;
      if (first === undefined) continue;
      // Where the database is away nobody is cut off: the next check decides.
      const still = await options.isStillAuthenticated(first.caller, first.req).catch(() => true);
      if (!still) for (const each of events) each.cut();
    }
  }

  const all = (): Set<OpenEvents> => new Set([...open.values()].flatMap((those) => [...those]));
  const unlisten = options.listen?.({
    changed(topics) {
      const those = new Set(topics.flatMap((topic) => [...(open.get(topic) ?? [])]));
      if (those.size > 0) void check(those);
    },
    lost: () => void check(all()),
  });
  const timer = setInterval(() => void check(all()), CHECK_INTERVAL_MS).unref();

  app.addHook('onSend', (req, reply, payload, done) => {
    const { caller } = req.state;
    if (!(payload instanceof EventBody) || caller === null || caller.kind === 'anonymous') {
      done();
      return;
    }
    const { raw } = reply;
    const events: OpenEvents = { caller, req, cut: () => void raw.destroy() };
    const topics = [credentialOf(caller), `user:${caller.userId}`];
    for (const topic of topics) enter(topic, events);
    bodies.add(payload);
    raw.once('close', () => {
      for (const topic of topics) leave(topic, events);
      bodies.delete(payload);
    });
    if (isClosing) payload.end();
    done();
  });
  app.addHook('preClose', async () => {
    isClosing = true;
    clearInterval(timer);
    unlisten?.();
    for (const body of bodies) body.end();
  });
}
