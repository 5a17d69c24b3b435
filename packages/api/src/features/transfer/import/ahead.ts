/** The same, of which the next is made while one is used. */
export async function* ahead<T>(items: AsyncGenerator<T, void>): AsyncGenerator<T> {
  const next = (): Promise<IteratorResult<T, void>> => {
    const step = items.next();
    // Its failure is that of whoever waits for it, if anybody does.
    step.catch(() => undefined);
    return step;
  };
  try {
    for (let coming = next(); ; ) {
      const step = await coming;
      if (step.done === true) return;
      coming = next();
      yield step.value;
    }
  } finally {
    // Not waited for: it may be waiting for a slow sender.
    items.return().catch(() => undefined);
  }
}
