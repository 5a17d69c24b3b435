import { expect, it } from 'vitest';
import { errorOf } from '../../../test/index.ts';
import { type IncludingText, withIncludePlaces } from './include-places.ts';

const long = (name: string): IncludingText => ({
  content: `{% render '${name}' %}${'long '.repeat(2_000)}`,
  messages: null,
});

/** Reads nothing, and notes what it was asked for. */
function givenWorkers() {
  const asked: string[] = [];
  const workers = {
    run: async (_task: string, text: string) => {
      asked.push(/render '(\w+)'/.exec(text)?.[1] ?? '');
      return '[]';
    },
  };
  return { asked, workers: workers as never };
}

it('reads what an action finds besides, and begins it anew, as often as it finds another text', async () => {
  const { asked, workers } = givenWorkers();
  let times = 0;
  const found = await withIncludePlaces(workers, [long('first')], async ({ of }) => {
    times += 1;
    return ['first', 'second', 'third', 'fourth', 'fifth'].map((name) => of(long(name)));
  });
  expect([found, times]).toEqual([[[], [], [], [], []], 5]);
  expect(asked).toEqual(['first', 'second', 'third', 'fourth', 'fifth']);
});

it('gives up an action that finds another text five times in a row', async () => {
  const { asked, workers } = givenWorkers();
  const acting = withIncludePlaces(workers, [], async ({ of }) => of(long(`text${asked.length}`)));
  expect(await errorOf(acting)).toMatchObject({ code: 'server.busy', retryAfterSeconds: 1 });
  expect(asked).toHaveLength(5);
});
