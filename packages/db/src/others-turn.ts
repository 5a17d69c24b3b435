/** Lets the event loop go on with what others wait for, between two parts of long work. */
export const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
