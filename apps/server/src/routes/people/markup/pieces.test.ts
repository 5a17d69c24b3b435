import { AppError } from '@promptory/api/server';
import { describe, expect, it } from 'vitest';
import { html } from './html.ts';
import {
  blank,
  button,
  emailField,
  fields,
  form,
  hidden,
  newPasswordField,
  notice,
  passwordField,
  text,
  typedName,
} from './pieces.ts';

const wrong = (path: string) =>
  new AppError('request.invalid', { errors: [{ path, message: 'Is <wrong>.', code: 'invalid_value' } as never] });
const drawn = (part: Parameters<typeof fields>[0][number], shown = blank) =>
  fields([part], shown).map((each) => each.text.replaceAll('\n', ''));

describe('a field of a form', () => {
  it('has a label, a hint, and what browsers fill it in by', () => {
    expect(drawn(emailField)).toEqual([
      '<label>E-mail address<input name="email" type="email" value="" autocomplete="username" maxlength="254" required></label>',
    ]);
    expect(drawn(passwordField('current', 'Your password'))).toEqual([
      '<label>Your password<input name="current" type="password" value="" autocomplete="current-password" maxlength="1024" required></label>',
    ]);
    expect(drawn(newPasswordField())).toEqual([
      '<label>New password<small>10 to 128 characters, such as four words that do not belong together.</small>' +
        '<input name="password" type="password" value="" autocomplete="new-password" maxlength="1024" required></label>',
    ]);
    expect(drawn({ ...emailField, optional: true })[0]).not.toContain('required');
  });

  it('shows again what was typed, but no password, and beside it what was wrong with it', () => {
    const typed = { email: '"<a', password: 'secret' };
    expect(drawn(emailField, { typed, fault: wrong('email') })).toEqual([
      '<label>E-mail address<input name="email" type="email" value="&quot;&lt;a" autocomplete="username" maxlength="254" required' +
        ' aria-invalid="true" aria-describedby="email-fault"><span class="fault" id="email-fault">Is &lt;wrong&gt;.</span></label>',
    ]);
    const [password = ''] = drawn(passwordField(), { typed, fault: wrong('email') });
    expect(password).toContain('value=""');
    expect(password).not.toMatch(/secret|fault|aria/);
  });
});

describe('a form', () => {
  const quiet = html`${hidden('next', '/a?b="c"')}`;

  it('posts to an address of this server', () => {
    expect(form('/sign-in', [quiet], 'Sign in').text).toBe(
      '<form method="post" action="/sign-in">\n<input type="hidden" name="next" value="/a?b=&quot;c&quot;">\n<button>Sign in</button>\n</form>',
    );
    expect(form('/sign-out', [], 'Sign out', { quiet: true }).text).toContain(
      '<button class="quiet">Sign out</button>',
    );
  });

  it('says above it what went wrong', () => {
    const shown = form('/sign-in', [], 'Sign in', { fault: new AppError('auth.invalid_credentials') }).text;
    expect(shown).toMatch(/^<div class="notice bad" role="alert">[^<]+<\/div><form /);
  });
});

it('notices are read out at once where they are bad; buttons, texts and names are what they hold', () => {
  expect(notice('Done').text).toBe('<div class="notice" role="status">Done</div>');
  expect(notice('No', 'bad').text).toBe('<div class="notice bad" role="alert">No</div>');
  expect(button('/a?b&c', 'Go on').text).toBe('<p><a class="button" href="/a?b&amp;c">Go on</a></p>');
  expect(button('/a', 'Later', 'quiet').text).toBe('<p><a class="button quiet" href="/a">Later</a></p>');
  expect(text('a < b').text).toBe('<p>a &lt; b</p>');
  expect(typedName('\u202eeve').text).toBe('<bdi>\u202eeve</bdi>');
});
