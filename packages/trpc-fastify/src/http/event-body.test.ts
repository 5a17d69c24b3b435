import { describe, expect, it } from 'vitest';
import { EventStream, StreamedEvent } from '../router/event-stream.ts';
import { EventBody } from './event-body.ts';

/** A reader that takes what was written when it is heard to. */
function givenReader() {
  const written: string[] = [];
  let waiting: (() => void)[] = [];
  return {
    written,
    writableLength: 0,
    write(text: string, done?: () => void) {
      written.push(text);
      this.writableLength += text.length;
      if (done !== undefined) waiting.push(done);
      return true;
    },
    end(text: string) {
      written.push(text, 'END');
    },
    take() {
      this.writableLength = 0;
      const those = waiting;
      waiting = [];
      for (const done of those) done();
    },
  };
}

/** A body whose source notes what it is heard, and its events by hand. */
function givenBody(head?: string) {
  const heard: string[] = [];
  const stream = new EventStream<string>(() => ({
    drained: () => void heard.push('drained'),
    closed: () => void heard.push('closed'),
  }));
  stream.whenOver(() => heard.push('over'));
  const body = new EventBody(stream, head);
  return { body, heard, event: (text: string, id = '1') => body.event(new StreamedEvent(text), id) };
}

const RETRY = expect.stringMatching(/^retry: \d+\n\n$/);

describe('the body of a stream of events', () => {
  it('begins with its head and when to come back, and then says its events', () => {
    const reader = givenReader();
    const { body, event } = givenBody('event: connected\n\n');
    body.pipe(reader);
    expect(event('one', '7')).toBe(true);
    expect(reader.written).toEqual([
      expect.stringMatching(/^event: connected\n\nretry: \d+\n\n$/),
      'data: "one"\nid: 7\n\n',
    ]);
  });

  it('has no room for more once 4 kB wait for their reader, and says when these were taken', () => {
    const reader = givenReader();
    const { body, heard, event } = givenBody();
    body.pipe(reader);
    const long = 'x'.repeat(1_000);
    expect([event(long), event(long), event(long), event(long), event(long)]).toEqual([true, true, true, true, false]);
    expect(heard).toEqual([]);
    reader.take();
    expect(heard).toEqual(['drained']);
    expect(event(long)).toBe(true);
  });

  it('gives no sign of life to a reader for whom anything waits', () => {
    const reader = givenReader();
    const { body } = givenBody();
    body.pipe(reader);
    body.ping('1');
    expect(reader.written).toEqual([RETRY]);
    reader.take();
    body.ping('2');
    expect(reader.written).toEqual([RETRY, 'event: ping\ndata: \nid: 2\n\n']);
  });

  it('ends with when to come back, and tells its source once', () => {
    const reader = givenReader();
    const { body, heard, event } = givenBody();
    body.pipe(reader);
    body.end();
    expect(reader.written).toEqual([RETRY, RETRY, 'END']);
    expect(heard).toEqual(['closed', 'over']);
    // As Fastify does when the response has closed.
    body.destroy();
    body.end();
    body.ping('1');
    expect(event('late')).toBe(false);
    reader.take();
    expect(reader.written).toHaveLength(3);
    expect(heard).toEqual(['closed', 'over']);
  });

  it('says nothing of a reader that has gone to a source that had events waiting for it', () => {
    const reader = givenReader();
    const { body, heard, event } = givenBody();
    body.pipe(reader);
    expect(event('x'.repeat(5_000))).toBe(false);
    body.destroy();
    reader.take();
    expect(heard).toEqual(['closed', 'over']);
  });

  it('begins nothing where it was ended before anybody read, and lets its host know', () => {
    const reader = givenReader();
    const { body, heard } = givenBody();
    body.end();
    body.pipe(reader);
    expect(reader.written).toEqual([expect.stringMatching(/^retry: \d+\n\nretry: \d+\n\n$/), 'END']);
    expect(heard).toEqual(['over']);
  });

  it('tells a source that ends as it begins that it is over', () => {
    const reader = givenReader();
    const heard: string[] = [];
    const stream = new EventStream<string>((sink) => {
      sink.event(new StreamedEvent('all'), '1');
      sink.end();
      return { drained: () => undefined, closed: () => void heard.push('closed') };
    });
    new EventBody(stream).pipe(reader);
    expect(reader.written).toEqual([RETRY, 'data: "all"\nid: 1\n\n', RETRY, 'END']);
    expect(heard).toEqual(['closed']);
  });
});
