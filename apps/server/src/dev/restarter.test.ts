import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { AppProcess } from './app-process.ts';
import { restarter } from './restarter.ts';

/** A development command whose servers end and start when a test says so. */
function given() {
  const happened: string[] = [];
  const ends: Array<PromiseWithResolvers<number>> = [];
  const state = { isStopping: false, database: async () => ({ url: 'postgres://dev' as string | null }) };
  const fork = (): AppProcess => {
    const number = ends.length;
    const end = Promise.withResolvers<number>();
    ends.push(end);
    return {
      start: (url: string | null) => void happened.push(`start ${number} on ${url}`),
      stop: async () => {
        happened.push(`stop ${number}`);
        await end.promise;
      },
      ended: end.promise,
      outcome: Promise.resolve({}),
    } as unknown as AppProcess;
  };
  const restarts = restarter(fork(), {
    prepare: () => state.database(),
    fork,
    isStopping: () => state.isStopping,
    print: (text) => void happened.push(text),
  });
  return { ...restarts, state, end: (number: number) => ends[number]?.resolve(0), happened: () => happened.splice(0) };
}

it('stops the server that runs before it starts the next, each time', async () => {
  const { restart, settled, end, happened } = given();
  for (const number of [0, 1, 2]) {
    restart();
    await turn();
    expect(happened()).toEqual([`stop ${number}`]);
    end(number);
    await settled();
    expect(happened()).toEqual([`start ${number + 1} on postgres://dev`]);
  }
});

it('starts once for all changes that come while it stops, and again for one that comes later', async () => {
  const { restart, settled, end, happened } = given();
  for (let change = 0; change < 3; change += 1) restart();
  await turn();
  restart();
  end(0);
  await settled();
  expect(happened()).toEqual(['stop 0', 'start 1 on postgres://dev']);
  end(1);
  restart();
  await settled();
  expect(happened()).toEqual(['stop 1', 'start 2 on postgres://dev']);
});

it('says why the database is not to be had, and tries again at the next change', async () => {
  const { restart, settled, end, happened, state } = given();
  const { database } = state;
  state.database = async () => {
    throw new Error('The disk is full.');
  };
  end(0);
  restart();
  await settled();
  expect(happened()).toEqual(['stop 0', 'The disk is full.']);
  state.database = database;
  restart();
  await settled();
  expect(happened()).toEqual(['stop 0', 'start 1 on postgres://dev']);
});

it('starts nothing once the command stops', async () => {
  const { restart, settled, end, happened, state } = given();
  restart();
  await turn();
  state.isStopping = true;
  end(0);
  restart();
  await settled();
  expect(happened()).toEqual(['stop 0']);
});

it('says that a server has ended by itself, and nothing of one that is replaced or stopped', async () => {
  const { restart, settled, end, happened, state } = given();
  restart();
  end(0);
  await settled();
  happened();
  end(1);
  await turn();
  expect(happened()).toEqual(['The server ended (exit 0): it starts again when a file changes.']);
  restart();
  await settled();
  state.isStopping = true;
  happened();
  end(2);
  await turn();
  expect(happened()).toEqual([]);
});
