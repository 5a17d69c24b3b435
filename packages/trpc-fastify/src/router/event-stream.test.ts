import { expect, it } from 'vitest';
import { type EventSink, EventStream, StreamedEvent } from './event-stream.ts';

/** A stream whose source this test is, and what it was asked. */
function given() {
  const asked: string[] = [];
  let sink: EventSink<string> | undefined;
  const stream = new EventStream<string>((opened) => {
    sink = opened;
    asked.push('opened');
    return { drained: () => asked.push('drained'), closed: () => asked.push('closed') };
  });
  stream.whenOver(() => asked.push('over'));
  const open = (): EventSink<string> => {
    if (sink === undefined) throw new Error('Nobody reads yet.');
    return sink;
  };
  const say = (data: string, id: string) => open().event(new StreamedEvent(data), id);
  return { stream, asked, say, end: () => open().end(), ping: () => open().ping('p') };
}

it('gives who reads it by turns each event with its id, and asks for more only where nothing waits', async () => {
  const { stream, asked, say, end, ping } = given();
  expect(asked).toEqual([]);
  const events = stream[Symbol.asyncIterator]();
  expect(asked).toEqual(['opened']);
  expect([say('one', '1'), say('two', '2')]).toEqual([false, false]);
  ping();
  const read = async () => {
    const { done, value } = await events.next();
    return done === true ? 'done' : `${value[0]} ${value[1]}`;
  };
  expect([await read(), await read(), asked]).toEqual(['1 one', '2 two', ['opened']]);
  const waiting = read();
  expect(asked).toEqual(['opened', 'drained']);
  say('three', '3');
  expect(await waiting).toBe('3 three');
  say('four', '4');
  end();
  end();
  expect([await read(), await read(), await read()]).toEqual(['4 four', 'done', 'done']);
  expect(asked).toEqual(['opened', 'drained', 'closed', 'over']);
});

it('is closed once by who reads no further, also while they wait', async () => {
  const { stream, asked, say } = given();
  const seen: string[] = [];
  const events = stream[Symbol.asyncIterator]();
  say('one', '1');
  for await (const [id] of { [Symbol.asyncIterator]: () => events }) {
    seen.push(id);
    break;
  }
  expect([seen, asked]).toEqual([['1'], ['opened', 'closed', 'over']]);
  const other = given();
  const reading = other.stream[Symbol.asyncIterator]();
  const waiting = reading.next();
  expect(await reading.return?.()).toEqual({ done: true, value: undefined });
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(other.asked).toEqual(['opened', 'drained', 'closed', 'over']);
});

it('is read once, and by nobody where it was discarded', () => {
  const read = given();
  read.stream[Symbol.asyncIterator]();
  expect(() => read.stream[Symbol.asyncIterator]()).toThrow('read once');
  const discarded = given();
  discarded.stream.discard();
  expect(discarded.asked).toEqual(['over']);
  expect(() => discarded.stream[Symbol.asyncIterator]()).toThrow('read once');
});
