import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { EventStream } from './event-stream.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

type Answer = (signal: AbortSignal) => Response;

/** A stream that says something, and stays open or ends. */
const stream =
  (text: string, { ends = true } = {}): Answer =>
  (signal) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        signal.addEventListener('abort', () => controller.error(signal.reason));
        controller.enqueue(new TextEncoder().encode(text));
        if (ends) controller.close();
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
const refusal =
  (status: number): Answer =>
  () =>
    new Response('no', { status });
const broken: Answer = () => {
  throw new TypeError('no network');
};

/** A stream whose connections are answered one after another, the last answer over and over; and what it says, when. */
function given(...answers: readonly Answer[]) {
  const opened: { at: number; place: string | null }[] = [];
  const said: string[] = [];
  const closing = new AbortController();
  onTestFinished(() => closing.abort());
  const fetch = async (url: string, { signal }: RequestInit): Promise<Response> => {
    const answer = answers[Math.min(opened.length, answers.length - 1)] ?? broken;
    opened.push({ at: Number(vi.getMockedSystemTime()), place: new URL(url).searchParams.get('lastEventId') });
    return answer(signal as AbortSignal);
  };
  const tokens = { token: async () => null, existing: async () => null, renew: async () => null };
  const connection = { headers: undefined, fetch, timeoutMs: 1_000, pace: null, closed: closing.signal, tokens };
  const listener = {
    onEvent: (data: unknown, id: string) => said.push(`${JSON.stringify(data)} at "${id}"`),
    onCurrent: () => said.push('current'),
    onDown: () => said.push('down'),
    onRefused: ({ status }: { status: number | null }) => said.push(`refused ${status}`),
  };
  const events = new EventStream(connection, new URL('http://localhost/prompts/watch?refs=a'), listener);
  return { events, opened, said, closing };
}

const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('leaves no timer once it is closed, whether it was open or was to be tried again', async () => {
  for (const answer of [stream('event: ping\ndata: \n\n', { ends: false }), broken, refusal(503)]) {
    const { closing, said } = given(answer);
    await after(1);
    expect(said.length).toBeGreaterThan(0);
    closing.abort();
    await after(0);
    expect(vi.getTimerCount()).toBe(0);
  }
});

describe('a stream that cannot be opened', () => {
  it('is tried again after twice as long each time, up to half a minute', async () => {
    const { opened, said } = given(broken);
    await after(130_000);
    const pauses = opened.slice(1).map(({ at }, index) => at - (opened[index]?.at ?? 0));
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(said).toEqual(opened.map(() => 'down'));
  });

  it('is tried again after what the server asks for, doubled six times at most, and anew once something was said', async () => {
    const { opened } = given(
      stream('retry: 10\n\ndata: 1\n\n'),
      ...Array.from({ length: 8 }, () => broken),
      stream('data: 2\n\n'),
    );
    await after(10 + 20 + 40 + 80 + 160 + 320 + 640 + 640 + 640 + 35);
    const pauses = opened.slice(1).map(({ at }, index) => at - (opened[index]?.at ?? 0));
    expect(pauses.slice(0, 10)).toEqual([10, 20, 40, 80, 160, 320, 640, 640, 640, 10]);
  });

  it.each([
    [0, 250],
    [0.999, 749.5],
  ])('does not come back together with all others: %s', async (random, pause) => {
    vi.mocked(Math.random).mockReturnValue(random);
    const { opened } = given(broken);
    await after(Math.floor(pause) - 1);
    expect(opened).toHaveLength(1);
    await after(2);
    expect(opened).toHaveLength(2);
  });

  it.each([400, 401, 403, 404, 410, 499])('is refused for good by %s', async (status) => {
    const { opened, said } = given(refusal(status));
    await after(60_000);
    expect([opened.length, said]).toEqual([1, [`refused ${status}`]]);
  });

  it.each([408, 429, 500, 503])('is tried again after %s', async (status) => {
    const { opened, said } = given(refusal(status), stream('data: 1\n\n', { ends: false }));
    await after(500);
    expect([opened.length, said]).toEqual([2, ['down', '1 at ""']]);
  });

  it('is tried again where the answer has no body', async () => {
    const { opened, said } = given(() => new Response(null, { headers: { 'content-type': 'text/event-stream' } }));
    await after(500);
    expect([opened.length, said[0]]).toEqual([2, 'down']);
  });
});

describe('a stream that is open', () => {
  it('says what comes and that nothing is missed, leaves other words aside, and goes on where it was', async () => {
    const { events, opened, said } = given(
      stream(
        'event: connected\ndata: {}\n\ndata: {"a":1}\nid: x\n\ndata: 2\n\nevent: ping\ndata:\n\nevent: else\ndata: 3\n\n',
      ),
      stream('data: 4\nid: y\n\n', { ends: false }),
    );
    await after(500);
    expect(said).toEqual(['{"a":1} at "x"', '2 at "x"', 'current', 'down', '4 at "y"']);
    expect(opened.map(({ place }) => place)).toEqual([null, 'x']);
    expect(events.leftAt).toBe('y');
  });

  it('is opened again where nothing comes for forty seconds', async () => {
    const { opened, said } = given(stream('data: 1\n\n', { ends: false }));
    await after(39_999);
    expect([opened.length, said]).toEqual([1, ['1 at ""']]);
    await after(1 + 500);
    expect([opened.length, said]).toEqual([2, ['1 at ""', 'down', '1 at ""']]);
  });

  it('says and asks nothing more once it is closed, nor while it waits', async () => {
    for (const answer of [stream('data: 1\n\n', { ends: false }), broken]) {
      for (const close of ['stream', 'client']) {
        const { events, opened, said, closing } = given(answer);
        await after(0);
        const before = [...said];
        if (close === 'stream') events.close();
        else closing.abort();
        await after(31_000);
        expect([opened.length, said]).toEqual([1, before]);
      }
    }
  });
});
