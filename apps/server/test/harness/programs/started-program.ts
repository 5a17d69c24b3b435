import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { killedAtExit } from '../killed-at-exit.ts';

/** Ends what hangs, on a machine however busy. */
const READY_MS = 60_000;

/** A program that listens on a port of 127.0.0.1. */
export interface StartedProgram {
  readonly port: number;
  signal(name: NodeJS.Signals): void;
  /** As a power cut ends it. */
  kill(): Promise<void>;
}

/** Starts a program in the foreground, and waits until it takes connections. */
export async function startProgram(
  program: string,
  args: readonly string[],
  { port, ...user }: { readonly port: number; readonly uid?: number; readonly gid?: number },
): Promise<StartedProgram> {
  const child = spawn(program, args, { ...user, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(String(chunk)));
  killedAtExit(child);
  const ended = once(child, 'close');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const deadline = performance.now() + READY_MS;
  while (!(await answers(port))) {
    if (child.exitCode === null && child.signalCode === null && performance.now() < deadline) await sleep(20);
    else {
      await kill();
      throw new Error(`${program} does not start. It said:\n${said.join('')}`);
    }
  }
  return { port, signal: (name) => void child.kill(name), kill };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
