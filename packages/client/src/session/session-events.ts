/** What became of a session, as `$onSession` tells it. */
export interface SessionEvent {
  /** `began`: somebody signed in, or the session of the cookie or the storage was taken up. `ended`: there is none (any more). */
  readonly type: 'began' | 'ended';
  /**
   * Whether it happened in another tab of the browser or on the server, where a person ends sessions of other devices, and
   * not by a call of this client.
   */
  readonly elsewhere: boolean;
}

/** Called with each event, one after the other, in a microtask of its own. */
export type SessionListener = (event: SessionEvent) => void;

/** The other tabs of a browser, which share the cookie of the session. */
export interface OtherTabs {
  tell(type: SessionEvent['type']): void;
  close(): void;
}

/** The part of `BroadcastChannel` that is used here. */
interface Channel {
  onmessage: ((message: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

const isType = (data: unknown): data is SessionEvent['type'] => data === 'began' || data === 'ended';

/**
 * Notifies the other tabs whose clients speak to the same server, and hears from them. Null outside of browsers: a process has
 * no tabs, and clients within one are not each other's.
 */
export function otherTabs(url: string, heard: (type: SessionEvent['type']) => void): OtherTabs | null {
  const { BroadcastChannel: Broadcast, location } = globalThis as unknown as {
    BroadcastChannel?: new (name: string) => Channel;
    location?: unknown;
  };
  if (Broadcast === undefined || location === undefined) return null;
  const channel = new Broadcast(`promptory.session ${url}`);
  channel.onmessage = ({ data }) => {
    if (isType(data)) heard(data);
  };
  return {
    tell: (type) => channel.postMessage(type),
    close: () => channel.close(),
  };
}

/** Those who want to be notified. */
export function sessionListeners() {
  const listeners = new Set<SessionListener>();
  return {
    tell(event: SessionEvent): void {
      // One that throws takes nothing from the others, nor from the call that is under way.
      for (const listener of listeners) queueMicrotask(() => listeners.has(listener) && listener(event));
    },
    /** @returns what ends it */
    add(listener: SessionListener): () => void {
      const own: SessionListener = (event) => listener(event);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
  };
}
