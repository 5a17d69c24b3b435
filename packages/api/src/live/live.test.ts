import { type ChangeListener, type ChangePosition, placeOf } from '@promptory/db';
import { describe, expect, it } from 'vitest';
import type { Seen, Who } from '../context.ts';
import { createLive, noLive } from './live.ts';

interface Thing {
  readonly key: string;
  readonly is: string;
}

const POSITION: ChangePosition = { snapshot: '20:20:', readAt: '2026-11-29T12:00:00Z', server: 'here' };
const LEFT_AT = placeOf({ ...POSITION, snapshot: '10:10:' });

/** Whatever was begun has gone as far as it goes by itself. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** What was said without its ids. */
const withoutIds = (said: readonly string[]) => said.map((each) => each.split(' ', 2).join(' '));

/** Things that are what they are set to, over a feed that says what it is made to. */
function givenLive({ missed = [], streams = 10 }: { missed?: readonly string[]; streams?: number } = {}) {
  let listener: ChangeListener | undefined;
  let number = 20;
  const feed = { isCurrent: true, isLate: false, fails: false, reads: 0 };
  const warned: object[] = [];
  const position = (): ChangePosition => ({ ...POSITION, snapshot: `${number}:${number}:` });
  const live = createLive({
    feed: {
      listen(given) {
        listener = given;
        return () => undefined;
      },
      isCurrent: () => feed.isCurrent,
      position,
    },
    pool: {
      async query() {
        feed.reads += 1;
        if (feed.fails) throw new Error('The database is away.');
        return { rows: [{ ...position(), isLate: feed.isLate, found: [missed] }] };
      },
    } as never,
    log: { warn: (facts) => void warned.push(facts) },
    streams,
  });
  const things = new Map<string, { is: string; isWhole?: boolean; dependsOn?: readonly string[] }>();
  const lookedUp: string[][] = [];
  const held: { until: Promise<void> } = { until: Promise.resolve() };
  const failing: Error[] = [];
  const lookUp = async (keys: readonly string[]): Promise<Seen<Thing>[]> => {
    lookedUp.push([...keys]);
    const failure = failing.shift();
    if (failure !== undefined) throw failure;
    const seen = keys.map((key) => {
      const { is = 'none', isWhole = true, dependsOn = [`topic:${key}`] } = things.get(key) ?? {};
      return { event: { key, is }, dependsOn, isWhole };
    });
    await held.until;
    return seen;
  };
  return {
    ...{ live, things, lookedUp, feed, failing, warned },
    /** @param room how many events the client takes before it has to drain */
    open(
      keys: readonly string[],
      {
        leftAt,
        room = 100,
        what = 'prompts',
        atOnce = 100,
        who,
      }: { leftAt?: string; room?: number; what?: 'groups' | 'prompts'; atOnce?: number; who?: Partial<Who> } = {},
    ) {
      const said: string[] = [];
      let left = room;
      const stream = live.stream<Thing>({
        ...{ what, who: { userId: 'one', isAdmin: false, groupId: null, ...who }, keys, lookUp, atOnce, leftAt },
        reset: { key: 'all', is: 'reset' },
      });
      const source = stream.open({
        event({ data: { key, is } }, id) {
          said.push(`${key} ${is} ${id}`);
          left -= 1;
          return left > 0;
        },
        ping: (id) => said.push(`ping ${id}`),
        end: () => said.push('end'),
      });
      return {
        said,
        close: () => source.closed(),
        drain(again: number) {
          left = again;
          source.drained();
        },
      };
    },
    changed(...topics: string[]) {
      number += 1;
      listener?.changed(topics);
    },
    lost: () => listener?.lost(),
    /** Keeps what is looked up from now on until it is let go. */
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held.until = promise;
      return () => {
        held.until = Promise.resolve();
        resolve();
      };
    },
    place: () => placeOf(position()),
  };
}

describe('a stream', () => {
  it('tells a thing at first, and whenever it is another one, of which its reader looks up what was reported', async () => {
    const { open, things, changed, lookedUp } = givenLive();
    things.set('a', { is: '1' });
    const { said } = open(['a', 'b']);
    await turn();
    things.set('a', { is: '2' });
    changed('topic:a');
    await turn();
    changed('topic:b', 'else');
    await turn();
    expect(withoutIds(said)).toEqual(['a 1', 'b none', 'a 2']);
    expect(lookedUp).toEqual([['a', 'b'], ['a'], ['b']]);
  });

  it('gives a client that takes one event no other before there is room, and then what the thing is by now', async () => {
    const { open, things, changed } = givenLive();
    const { said, drain } = open(['a', 'b'], { room: 1 });
    await turn();
    expect(withoutIds(said)).toEqual(['a none']);
    for (const is of ['1', '2', '3']) {
      things.set('b', { is });
      changed('topic:b');
      await turn();
    }
    expect(withoutIds(said)).toEqual(['a none']);
    drain(1);
    expect(withoutIds(said)).toEqual(['a none', 'b 3']);
    drain(1);
    expect(withoutIds(said)).toEqual(['a none', 'b 3']);
  });

  it('has its id move on to where all was told', async () => {
    const { open, things, changed, hold, place, live } = givenLive();
    const { said } = open(['a', 'b']);
    await turn();
    const first = place();
    expect(said).toEqual(['a none 0', `b none ${first}`]);
    const letGo = hold();
    things.set('a', { is: '1' });
    changed('topic:a');
    await turn();
    for (let second = 0; second < 15; second += 1) live.beat();
    expect(said.slice(2)).toEqual([`ping ${first}`]);
    letGo();
    await turn();
    expect(said.slice(3)).toEqual([`a 1 ${place()}`]);
  });

  it('looks again for what was reported while it was looked up, also where nobody knew yet what that depends on', async () => {
    const { open, things, changed, hold, lookedUp } = givenLive();
    things.set('a', { is: 'before', dependsOn: ['x'] });
    const letGo = hold();
    const { said } = open(['a']);
    await turn();
    things.set('a', { is: 'after', dependsOn: ['x'] });
    changed('x');
    letGo();
    await turn();
    expect(lookedUp).toEqual([['a'], ['a']]);
    expect(withoutIds(said)).toEqual(['a before', 'a after']);
  });

  it('looks for all of its things where reports were lost', async () => {
    const { open, things, lost } = givenLive();
    const { said } = open(['a', 'b']);
    await turn();
    things.set('b', { is: '1' });
    lost();
    await turn();
    expect(withoutIds(said)).toEqual(['a none', 'b none', 'b 1']);
  });

  it('is given a sign of life every fifteen seconds, and what depends on more than is reported is looked up', async () => {
    const { open, things, live, lookedUp } = givenLive();
    things.set('loose', { is: '1', isWhole: false });
    const { said } = open(['loose', 'whole']);
    await turn();
    things.set('loose', { is: '2', isWhole: false });
    for (let second = 0; second < 15; second += 1) live.beat();
    await turn();
    expect(lookedUp).toEqual([['loose', 'whole'], ['loose']]);
    expect(said.map((each) => each.split(' ', 1)[0])).toEqual(['loose', 'whole', 'ping', 'loose']);
  });
});

describe('what is looked up', () => {
  it('is shared by the streams of one reader, and by nobody who may see something else', async () => {
    const { open, lookedUp } = givenLive({ streams: 100 });
    const others = [
      { what: 'groups' as const },
      { who: { userId: 'two' } },
      { who: { isAdmin: true } },
      { who: { groupId: 'g' } },
    ];
    for (const place of [{}, {}, ...others, ...others]) open(['a', 'a'], place);
    await turn();
    expect(lookedUp).toEqual([{}, ...others].map(() => ['a']));
  });

  it('is looked up again for who joins while the feed is behind, and not while it is current', async () => {
    const { open, feed, lookedUp, things } = givenLive();
    open(['a']);
    await turn();
    open(['a']);
    await turn();
    expect(lookedUp).toEqual([['a']]);
    feed.isCurrent = false;
    things.set('a', { is: 'unreported' });
    const { said } = open(['a']);
    await turn();
    expect(lookedUp).toEqual([['a'], ['a']]);
    expect(withoutIds(said)).toEqual(['a none', 'a unreported']);
  });

  it('is looked up so many things at once as take little time, and between these others have their turns', async () => {
    const { open, lookedUp } = givenLive();
    for (const userId of ['1', '2', '3', '4', '5'])
      open(
        Array.from({ length: 21 }, (_, at) => `${at}`),
        { who: { userId }, what: 'groups', atOnce: 10 },
      );
    open(['waits'], { who: { userId: '6' } });
    await turn();
    expect(lookedUp.map(({ length }) => length).toSorted()).toEqual(
      [...Array(6).fill(1), ...Array(10).fill(10)].toSorted(),
    );
    // Four readers ask at once.
    expect(lookedUp.findIndex(([key]) => key === 'waits')).toBeLessThan(8);
  });

  it('is found by what it depends on now, and no longer by what it did before', async () => {
    const { open, things, changed, lookedUp } = givenLive();
    things.set('a', { is: '1', dependsOn: ['x', 'y'] });
    open(['a']);
    await turn();
    things.set('a', { is: '2', dependsOn: ['y', 'z'] });
    for (const topic of ['x', 'x', 'y', 'z']) {
      changed(topic);
      await turn();
    }
    expect(lookedUp).toEqual([['a'], ['a'], ['a'], ['a']]);
  });

  it('is tried again where that fails, which is logged, and never for who has left meanwhile', async () => {
    const { open, failing, lookedUp, warned } = givenLive();
    const failure = new Error('The database is away.');
    failing.push(failure);
    const stays = open(['a']);
    const leaves = open(['b']);
    await Promise.resolve();
    leaves.close();
    await expect.poll(() => withoutIds(stays.said)).toEqual(['a none']);
    expect(warned).toEqual([{ err: failure }]);
    expect(lookedUp.at(-1)).toEqual(['a']);
  });

  it('is looked up for four readers at once, and for the others after them', async () => {
    const { open, hold, lookedUp } = givenLive();
    const letGo = hold();
    for (const userId of ['one', 'two', 'three', 'four', 'five', 'six']) open([userId], { who: { userId } });
    await turn();
    expect(lookedUp).toHaveLength(4);
    letGo();
    await turn();
    expect(lookedUp).toHaveLength(6);
  });
});

describe('signs of life', () => {
  it('go to a part of the streams each second, and to each once in fifteen', async () => {
    const { open, live } = givenLive({ streams: 30 });
    const streams = Array.from({ length: 30 }, () => open(['a']));
    await turn();
    const pings = () => streams.map(({ said }) => said.filter((each) => each.startsWith('ping')).length);
    for (let second = 1; second <= 15; second += 1) {
      live.beat();
      expect(pings().reduce((sum, each) => sum + each, 0)).toBe(2 * second);
    }
    expect(new Set(pings())).toEqual(new Set([1]));
  });
});

describe('a client that comes back', () => {
  it('has what it missed read once with all who left there and wait for it, and anew for who comes later', async () => {
    const { open, feed } = givenLive({ missed: ['topic:a'] });
    const together = [open(['a'], { leftAt: LEFT_AT }), open(['a'], { leftAt: LEFT_AT })];
    const elsewhere = open(['a'], { leftAt: placeOf({ ...POSITION, snapshot: '11:11:' }) });
    await turn();
    expect(feed.reads).toBe(2);
    await turn();
    const later = open(['a'], { leftAt: LEFT_AT });
    await turn();
    expect(feed.reads).toBe(3);
    for (const { said } of [...together, elsewhere, later]) expect(withoutIds(said)[0]).toBe('a none');
  });

  it.each(['isLate', 'fails'] as const)(
    'is told all anew where what it missed is not known any more: %s',
    async (why) => {
      const { open, feed } = givenLive();
      feed[why] = true;
      const { said } = open(['a'], { leftAt: LEFT_AT });
      await turn();
      expect(withoutIds(said).slice(0, 2)).toEqual(['all reset', 'a none']);
    },
  );

  it('is told nothing once it has left again', async () => {
    const { open } = givenLive({ missed: ['topic:a'] });
    const { said, close } = open(['a'], { leftAt: LEFT_AT });
    await Promise.resolve();
    close();
    await turn();
    expect(said).toEqual([]);
  });

  it('is told what it missed, and what may have changed unseen, and of no other thing', async () => {
    const { open, place, things } = givenLive({ missed: ['topic:missed'] });
    things.set('loose', { is: '1', isWhole: false });
    const { said } = open(['same', 'missed', 'loose'], { leftAt: LEFT_AT });
    await turn();
    expect(withoutIds(said)).toEqual(['missed none', 'loose 1', `ping ${place()}`]);
  });

  it('hears at once where it missed nothing that it may go on from now', async () => {
    const { open, place } = givenLive({ missed: ['else'] });
    const { said } = open(['same'], { leftAt: LEFT_AT });
    await turn();
    expect(said).toEqual([`ping ${place()}`]);
  });

  it('is told all anew where nobody knows what it missed', async () => {
    const { open, place } = givenLive();
    const { said } = open(['a'], { leftAt: 'never' });
    await turn();
    expect(withoutIds(said)).toEqual(['all reset', 'a none', `ping ${place()}`]);
  });
});

describe('what nobody watches any more', () => {
  it('is kept no longer, and never looked up again', async () => {
    const { open, changed, live, lookedUp, lost } = givenLive();
    const [one, other] = [open(['a', 'b']), open(['b'])];
    await turn();
    expect(live.counts()).toEqual({ streams: 2, things: 2 });
    one.close();
    expect(live.counts()).toEqual({ streams: 1, things: 1 });
    changed('topic:a');
    await turn();
    other.close();
    expect(live.counts()).toEqual({ streams: 0, things: 0 });
    changed('topic:b');
    lost();
    await turn();
    expect(lookedUp).toEqual([['a', 'b']]);
  });
});

describe('who cannot be told', () => {
  it('is refused where too many watch, until one of them leaves', async () => {
    const { open } = givenLive({ streams: 1 });
    const first = open(['a']);
    expect(() => open(['a'])).toThrow(expect.objectContaining({ code: 'server.busy' }));
    first.close();
    expect(() => open(['a'])).not.toThrow();
  });

  it('is refused where the server is told of no changes', () => {
    expect(() => noLive.stream({} as never)).toThrow(expect.objectContaining({ code: 'server.unavailable' }));
  });
});
