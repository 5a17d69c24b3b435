import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLogger, ownLines, withoutSecrets } from './logger.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-bmF0_dXJl';

describe('a text that is logged', () => {
  it.each([
    [`Bearer ${JWT}`, 'Bearer [redacted]'],
    [`/reset/${JWT}/more`, '/reset/[redacted]/more'],
    [`token=x${JWT}&a=b`, 'token=x[redacted]&a=b'],
    [`a.${JWT}`, 'a.[redacted]'],
    ['key pty_live_abc123 and ptr_abc.def-ghi', 'key [redacted] and [redacted]'],
    [`${JWT} ${JWT}`, '[redacted] [redacted]'],
  ])('of %j has no credential in it', (text, shown) => {
    expect(withoutSecrets(text)).toBe(shown);
  });

  it.each([
    'eyJ is how one begins',
    'eyJabc.only',
    'a.b.c of nothing',
    '/prompts/01900000-0000-7000-8000-000000000000',
  ])('of %j stays as it is', (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });
});

describe('the log', () => {
  const secret = 'hunter2 and no credential by its form';
  const lineOf = (details: object): string => {
    const lines: string[] = [];
    const log = createLogger({
      level: 'info',
      environment: 'test',
      destination: { write: (line) => void lines.push(line) },
    });
    log.info(details, 'something happened');
    expect(lines).toHaveLength(1);
    return lines[0] ?? '';
  };

  it('says when, to the millisecond, as one second follows another and when the clock is set back', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = createLogger({ level: 'info', environment: 'test', destination });
    const times = ['31T23:59:58.007', '31T23:59:58.070', '31T23:59:58.999', '31T23:59:59.000', '31T23:59:57.123'].map(
      (time) => `2026-12-${time}Z`,
    );
    for (const time of times) {
      vi.setSystemTime(new Date(time));
      log.info({}, 'something happened');
    }
    expect(lines.map((line) => JSON.parse(line).time)).toEqual(times);
  });

  it.each(['password', 'token', 'refreshToken', 'accessToken'])('takes a %s out, also one level below', (name) => {
    for (const details of [{ [name]: secret }, { body: { [name]: secret } }]) {
      expect(lineOf(details)).toContain('[redacted]');
      expect(lineOf(details)).not.toContain('hunter2');
    }
  });

  it.each(['authorization', 'cookie', 'set-cookie', 'x-api-key'])('takes the header %s out', (name) => {
    for (const details of [{ headers: { [name]: secret } }, { req: { headers: { [name]: secret } } }]) {
      expect(lineOf(details)).not.toContain('hunter2');
    }
  });

  it('says of an error what happened, and nothing that a driver hung on it', () => {
    const cause = Object.assign(new Error('duplicate key'), { code: '23505', detail: `Key (email)=(${secret})` });
    const line = lineOf({ err: new Error(`Bearer ${JWT}`, { cause }) });
    expect(JSON.parse(line)).toMatchObject({
      err: { type: 'Error', message: 'Bearer [redacted]', cause: { message: 'duplicate key', code: '23505' } },
    });
    expect(line).not.toContain('hunter2');
    expect(line).not.toContain(JWT);
  });

  it('keeps what is no secret', () => {
    expect(JSON.parse(lineOf({ promptId: '1', tokens: 3 }))).toMatchObject({ promptId: '1', tokens: 3, level: 'info' });
  });
});

describe('lines of our own', () => {
  const details = {
    requestId: 'a "quoted" id',
    path: '/prompts/…',
    status: 200,
    codes: ['auth.required'],
    userId: undefined,
  };
  const logOf = (level: string) => {
    const lines: string[] = [];
    const logger = createLogger({
      level,
      environment: 'test',
      destination: { write: (line) => void lines.push(line) },
    });
    return { lines, logger };
  };

  it.each(['info', 'warn', 'error'] as const)('are what the log would write as %s', (level) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { lines, logger } = logOf('info');
    logger[level](details, 'request answered');
    ownLines(logger, 'request answered')(level, details);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe(lines[0]);
  });

  it('are not written below the level of the log', () => {
    const { lines, logger } = logOf('warn');
    const write = ownLines(logger, 'request answered');
    for (const level of ['debug', 'info', 'warn', 'error'] as const) write(level, details);
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(['warn', 'error']);
  });
});
