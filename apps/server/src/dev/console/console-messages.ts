/** The console that is shown from its sources, as the process that has it says. */
export interface OpenedConsole {
  /** On this machine. */
  readonly port: number;
  /** What stands in its page in place of a nonce. */
  readonly nonce: string;
}

/** A request for a WebSocket, whose connection goes with it to the other process. */
export interface AskedUpgrade {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const ASK_FOR_CONSOLE = 'console';

/** What the server's process asks of the one that started it; null where it says something else. */
export function readAsked(message: unknown): typeof ASK_FOR_CONSOLE | AskedUpgrade | null {
  if (message === ASK_FOR_CONSOLE) return message;
  const upgrade: AskedUpgrade | undefined = Reflect.get(Object(message), 'upgrade');
  return upgrade ?? null;
}

/** The answer to `ASK_FOR_CONSOLE`; undefined where a message is none. @throws Error that says why there is no console */
export function readOpened(message: unknown): OpenedConsole | undefined {
  const { console, consoleFailure }: { console?: OpenedConsole; consoleFailure?: string } = Object(message);
  if (consoleFailure !== undefined) throw new Error(`The console cannot be shown from its sources: ${consoleFailure}`);
  return console;
}
