const waiting = new WeakMap<AbortSignal, { readonly tellAll: () => void; readonly callbacks: Set<() => void> }>();

/**
 * Calls back once when a signal aborts; answers what takes that back. However many wait for one signal, it has a single
 * listener: Node 20 warns of a leak from eleven on, and a client's calls share its own signal, and may share their caller's.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks } = waiting.get(signal) ?? listen(signal);
  // One callback may wait twice.
  const own = () => callback();
  callbacks.add(own);
  return () => {
    callbacks.delete(own);
    if (callbacks.size > 0) return;
    const known = waiting.get(signal);
    if (known?.callbacks !== callbacks) return;
    signal.removeEventListener('abort', known.tellAll);
    waiting.delete(signal);
  };
}

function listen(signal: AbortSignal) {
  const callbacks = new Set<() => void>();
  const tellAll = () => {
    waiting.delete(signal);
    for (const tell of [...callbacks]) tell();
  };
  const made = { tellAll, callbacks };
  waiting.set(signal, made);
  signal.addEventListener('abort', tellAll, { once: true });
  return made;
}
