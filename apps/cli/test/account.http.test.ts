import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { givenSite } from './given-site.ts';
import { givenFolder, run } from './run-in-process.ts';

const { app, url, someone } = await givenSite();
const ann = await someone('ann');

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('promptory login', () => {
  it('keeps the key of standard input where only its owner reads it, and others use it', async () => {
    const home = givenFolder();
    // One that was there is closed.
    await mkdir(join(home, '.config/promptory'), { recursive: true, mode: 0o755 });
    const signedIn = await run(['login', '--url', `${url}/`, '--key-stdin'], { home, stdin: `${ann.apiKey}\n` });
    expect(signedIn).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^Signed in to .* \(ann\)\.\n$/),
    });
    expect(signedIn.stdout).not.toContain(ann.apiKey);
    const folder = join(home, '.config/promptory');
    expect(await readdir(folder)).toEqual(['logins.json']);
    expect([await modeOf(folder), await modeOf(join(folder, 'logins.json'))]).toEqual(['700', '600']);
    expect((await run(['whoami', '--json'], { home })).json()).toMatchObject({
      url,
      keyFrom: 'login',
      owner: { handle: 'ann' },
    });
    expect((await run(['logout'], { home })).code).toBe(0);
    expect(await readFile(join(folder, 'logins.json'), 'utf8')).not.toContain(ann.apiKey);
    expect(await run(['whoami'], { home })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('promptory login'),
    });
  });

  it('keeps no key that the server refuses, and one of which it may not know whose it is', async () => {
    const home = givenFolder();
    const wrong = `${ann.apiKey.slice(0, -4)}AAAA`;
    const refused = await run(['login', '--url', url, '--key-stdin'], { home, stdin: wrong });
    expect(refused).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/^promptory: [^\n]+\n$/) });
    expect((await run(['whoami'], { home })).code).toBe(3);
    const { 'x-api-key': narrow } = await app.as.key(ann.person, { scopes: ['prompts:read'] });
    expect(await run(['login', '--url', url, '--key-stdin'], { home, stdin: narrow })).toMatchObject({ code: 0 });
    expect((await run(['whoami', '--json'], { home })).json()).toMatchObject({ owner: null });
  });

  it('sends a kept key to no other server, and takes that of the environment first', async () => {
    const home = givenFolder();
    await run(['login', '--url', url, '--key-stdin'], { home, stdin: ann.apiKey });
    const elsewhere = await run(['whoami', '--url', 'http://127.0.0.1:9'], { home });
    expect(elsewhere).toMatchObject({ code: 3, stderr: expect.stringContaining('--url http://127.0.0.1:9') });
    const bob = await someone('bob');
    const asBob = await run(['whoami', '--json'], { home, env: { PROMPTORY_API_KEY: bob.apiKey } });
    expect(asBob.json()).toMatchObject({ url, keyFrom: 'environment', owner: { handle: 'bob' } });
  });

  it('says what is missing where there is no terminal, and what is broken', async () => {
    const home = givenFolder();
    expect((await run(['login'], { home })).code).toBe(2);
    expect((await run(['login', '--url', url], { home })).code).toBe(2);
    expect((await run(['login', '--url', 'example', '--key-stdin'], { home, stdin: 'x' })).code).toBe(2);
    expect((await run(['login', '--url', url, '--key-stdin'], { home, stdin: 'two words' })).code).toBe(2);
    await mkdir(join(home, '.config/promptory'), { recursive: true });
    await writeFile(join(home, '.config/promptory/logins.json'), '{');
    expect(await run(['whoami'], { home })).toMatchObject({ code: 1, stderr: expect.stringContaining('logins.json') });
    await chmod(join(home, '.config/promptory/logins.json'), 0o600);
  });

  it('asks at a terminal for what is not given, shows no key, and keeps nothing where nothing is answered', async () => {
    const home = givenFolder();
    const ENTER = '\r';
    const CANCEL = '\u0003';
    const cancelled: Record<string, string>[] = [
      { 'Address of': CANCEL },
      { 'Address of': url + ENTER, 'API key': CANCEL },
    ];
    for (const typed of cancelled) {
      expect(await run(['login'], { home, typed })).toMatchObject({
        code: 130,
        stdout: '',
        stderr: expect.stringMatching(/promptory: Nothing was changed\.\n$/),
      });
    }
    expect((await run(['whoami'], { home })).code).toBe(3);
    const typed = { 'Address of': `${url}${ENTER}`, 'API key': ` ${ann.apiKey} ${ENTER}` };
    const signedIn = await run(['login'], { home, typed });
    expect(signedIn).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Signed in to .* \(ann\)\.\n$/) });
    expect(signedIn.stdout + signedIn.stderr).not.toContain(ann.apiKey);
    expect((await run(['whoami', '--json'], { home })).json()).toMatchObject({ url, keyFrom: 'login' });
    // The server of somebody who develops is the one that is proposed.
    const proposed = await run(['login'], { home, typed: { 'Address of': ENTER, 'API key': CANCEL } });
    expect(proposed).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('server\n│  http://localhost:3000\n\u001b'),
    });
  });

  it('gives up on a server that does not answer, and says so', async () => {
    const ran = await run(['whoami', '--url', 'http://127.0.0.1:9'], { env: { PROMPTORY_API_KEY: ann.apiKey } });
    expect(ran).toMatchObject({ code: 7, stdout: '', stderr: expect.stringContaining('address') });
  });
});
