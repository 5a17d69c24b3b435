import { expect, it } from 'vitest';
import { StartError, startErrorOf } from './start-error.ts';

const where = { host: 'nowhere.example', port: 80 };
const failure = (code: string) => Object.assign(new Error(`listen ${code}`), { code });

it.each([
  ['EADDRINUSE', 'Port 80 is in use: stop what listens there, or set another one, such as PORT=81.'],
  ['EACCES', 'Port 80 is not open to this user: set PORT to one above 1023.'],
  ['EADDRNOTAVAIL', 'HOST=nowhere.example is no address of this machine: set HOST to 127.0.0.1,'],
  ['ENOTFOUND', 'HOST=nowhere.example is no address of this machine: set HOST to 127.0.0.1,'],
])('says of %s what to do', (code, says) => {
  const error = startErrorOf(failure(code), where);
  expect(error).toBeInstanceOf(StartError);
  expect(String(error)).toContain(says);
});

it('leaves any other failure as it is', () => {
  for (const error of [failure('ENOSPC'), new Error('else'), 'a text', null]) {
    expect(startErrorOf(error, where)).toBe(error);
  }
});
