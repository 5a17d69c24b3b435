import { authenticatorOf, deliverMail, newAddress, tokenIn } from '@promptory/api/testing';
import { SESSION_COOKIE } from '../../../../src/http/session-cookie.ts';
import { type BootedApp, ORIGIN } from '../../../harness/boot.ts';
import {
  type Answer,
  bearer,
  callProcedure,
  type Headers,
  type Input,
  unbatchedTransports,
} from '../../../harness/transports.ts';
import type { Proof } from '../../harness/proof.ts';
import { rowsAsText } from './at-rest-dump.ts';
import type { Secret } from './at-rest-forms.ts';

// One person's day with the product, in which every secret there is gets issued, used, mistyped and used up. What the
// database holds is looked at in between as well, while mails wait in the queue.

const HALF_MINUTE = 30_000;

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export class Day {
  readonly secrets: Secret[] = [];
  readonly snapshots: string[] = [];
  readonly email = newAddress();
  readonly #server: BootedApp;
  readonly #proof: Proof;
  #passwords = 0;

  constructor(server: BootedApp, proof: Proof) {
    this.#server = server;
    this.#proof = proof;
  }

  /** Records a secret that was issued or typed. @throws Error when there is none */
  record(kind: string, text: string | undefined | null): string {
    if (!text) throw new Error(`No ${kind} was issued.`);
    this.secrets.push({ kind, text });
    return text;
  }

  newPassword(): string {
    this.#passwords += 1;
    const word = Math.floor(this.#proof.random() * 1e15).toString(36);
    return this.record('password', `pässword ${word} "${this.#passwords}" & more`);
  }

  async snapshot(): Promise<void> {
    this.snapshots.push(await rowsAsText(this.#server));
  }

  /** One call through either transport, whose answer must be of the expected code. @throws Error for another one */
  async call(procedure: string, input: Input, expected: string, headers: Headers = {}): Promise<Answer> {
    const answer = await callProcedure(this.#server, this.#proof.pick(unbatchedTransports), procedure, input, headers);
    if (answer.code !== expected) throw new Error(`${procedure} is answered ${answer.code} instead of ${expected}.`);
    return answer;
  }

  async signIn(procedure: string, input: Input, headers: Headers = {}): Promise<Tokens> {
    const { result, response } = await this.call(procedure, input, 'ok', headers);
    const { accessToken, refreshToken } = result as { accessToken: string; refreshToken: string | null };
    const cookie = new RegExp(`${SESSION_COOKIE}=([^;]*)`).exec(String(response.headers['set-cookie']))?.[1];
    return {
      accessToken: this.record('access token', accessToken),
      refreshToken: this.record('refresh token', refreshToken ?? cookie),
    };
  }

  async mailedToken(): Promise<string> {
    await this.snapshot();
    const sent = await deliverMail(this.#server.services);
    return this.record('mailed token', tokenIn(sent.find(({ text }) => text.includes('token='))));
  }

  advance(milliseconds: number): void {
    this.#server.services.clock.advance(milliseconds);
  }

  async live(): Promise<void> {
    const { email } = this;
    const password = this.newPassword();
    const [wrong, common] = [this.newPassword(), this.record('password', 'correcthorse')];

    // An account, and its address.
    await this.call('auth.register', { email, password: 'short', name: 'Ada' }, 'auth.password_too_weak');
    await this.call('auth.register', { email, password: common, name: 7 }, 'request.invalid');
    const first = await this.signIn('auth.register', { email, password, name: 'Ada' });
    await this.call('auth.register', { email, password: wrong, name: 'Ada' }, 'auth.email_taken');
    const verifyToken = await this.mailedToken();
    await this.call(
      'auth.verifyEmail',
      { token: this.record('mailed token', `${verifyToken.slice(1)}A`), password },
      'auth.link_invalid',
    );
    await this.call('auth.resendVerification', { email }, 'ok');
    const again = await this.mailedToken();
    await this.call('auth.verifyEmail', { token: again, password: wrong }, 'auth.invalid_credentials');
    await this.call('auth.verifyEmail', { token: again, password }, 'ok');

    // Sessions, by token and by cookie; one of them stolen.
    await this.call('auth.login', { email, password: wrong }, 'auth.invalid_credentials');
    const byToken = await this.signIn('auth.login', { email, password });
    const byCookie = await this.signIn('auth.login', { email, password, session: 'cookie' }, { origin: ORIGIN });
    const cookie = { cookie: `${SESSION_COOKIE}=${byCookie.refreshToken}`, origin: ORIGIN };
    await this.call('me.get', {}, 'ok', cookie);
    await this.signIn('auth.refresh', {}, cookie);
    const { refreshToken } = await this.signIn('auth.refresh', { refreshToken: byToken.refreshToken });
    this.advance(HALF_MINUTE);
    await this.call('auth.refresh', { refreshToken: byToken.refreshToken }, 'auth.session_ended');
    await this.call('auth.refresh', { refreshToken }, 'auth.session_ended');

    const headers = bearer(first.accessToken);
    await this.#secondFactor(headers, password);
    await this.#keys(headers);
    await this.#people(headers, password);
    await this.#recover(password);
  }

  async #secondFactor(headers: Headers, password: string): Promise<void> {
    const { email } = this;
    await this.call('auth.totp.start', { currentPassword: this.newPassword() }, 'auth.invalid_credentials', headers);
    const begun = await this.call('auth.totp.start', { currentPassword: password }, 'ok', headers);
    const { setupKey } = begun.result as { setupKey: string };
    const authenticator = authenticatorOf(this.record('set-up key', setupKey));
    const nextCode = async (): Promise<string> => {
      this.advance(HALF_MINUTE);
      return this.record('code', await authenticator.codeAt(this.#server.services.clock.now()));
    };
    const wrongCode = this.record('code', String(100_000 + this.#proof.below(900_000)));
    await this.call('auth.totp.confirm', { code: wrongCode }, 'auth.second_factor_invalid', headers);
    const on = await this.call('auth.totp.confirm', { code: await nextCode() }, 'ok', headers);
    const codes = (on.result as { recoveryCodes: string[] }).recoveryCodes;
    for (const code of codes) this.record('recovery code', code);
    await this.call('auth.login', { email, password }, 'auth.second_factor_required');
    await this.call('auth.login', { email, password, code: wrongCode }, 'auth.second_factor_invalid');
    await this.signIn('auth.login', { email, password, code: await nextCode() });
    const [recoveryCode = ''] = codes;
    await this.signIn('auth.login', { email, password, recoveryCode });
    await this.call('auth.login', { email, password, recoveryCode }, 'auth.second_factor_invalid');
    const renewed = await this.call('auth.totp.renewRecoveryCodes', { code: await nextCode() }, 'ok', headers);
    for (const code of (renewed.result as { recoveryCodes: string[] }).recoveryCodes)
      this.record('recovery code', code);
    await this.call('auth.totp.verify', { code: await nextCode() }, 'ok', headers);
    await this.snapshot();
  }

  async #keys(headers: Headers): Promise<void> {
    const idempotencyKey = this.record('idempotency key', `order-${this.#proof.below(1e9)}-${this.#proof.below(1e9)}`);
    const keyed = { ...headers, 'idempotency-key': idempotencyKey };
    const input = { name: 'a program', scopes: ['account:read', 'prompts:write'] };
    const made = await this.call('apiKeys.create', input, 'ok', keyed);
    const { key, apiKey } = made.result as { key: string; apiKey: { id: string } };
    this.record('API key', key);
    const procedures = ['REST', 'tRPC'].map(() =>
      this.call('apiKeys.create', { ...input, name: 'b' }, 'request.idempotency_mismatch', keyed),
    );
    await Promise.allSettled(procedures);
    await this.call('me.get', {}, 'ok', { 'x-api-key': key });
    await this.call('me.get', {}, 'ok', bearer(key));
    await this.call(
      'auth.changePassword',
      { currentPassword: this.newPassword(), newPassword: this.newPassword() },
      'auth.session_required',
      { 'x-api-key': key },
    );
    await this.call('prompts.create', { title: 'By a program', content: 'Say it' }, 'ok', {
      'x-api-key': key,
      'idempotency-key': idempotencyKey,
    });
    await this.call('apiKeys.revoke', { id: apiKey.id }, 'ok', headers);
    await this.call('me.get', {}, 'auth.invalid_token', { 'x-api-key': key });
    await this.snapshot();
  }

  async #people(headers: Headers, currentPassword: string): Promise<void> {
    const group = await this.call('groups.create', { name: 'Team' }, 'ok', headers);
    const { id } = group.result as { id: string };
    await this.call('members.add', { id, email: newAddress(), role: 'viewer' }, 'ok', headers);
    await this.call(
      'me.update',
      { email: newAddress(), currentPassword: this.newPassword() },
      'auth.invalid_credentials',
      headers,
    );
    await this.call('me.update', { email: newAddress(), currentPassword }, 'ok', headers);
    await this.mailedToken();
  }

  async #recover(password: string): Promise<void> {
    const { email } = this;
    await this.call('auth.forgotPassword', { email }, 'ok');
    const token = await this.mailedToken();
    const chosen = this.newPassword();
    await this.call('auth.resetPassword', { token, password: 'short' }, 'auth.password_too_weak');
    await this.call('auth.resetPassword', { token, password: chosen }, 'ok');
    await this.call('auth.resetPassword', { token, password: this.newPassword() }, 'auth.link_invalid');
    await this.call('auth.login', { email, password }, 'auth.invalid_credentials');
    await this.call('auth.login', { email, password: chosen }, 'auth.second_factor_required');
    // One that is never used.
    await this.call('auth.forgotPassword', { email }, 'ok');
    await this.mailedToken();
    await this.snapshot();
  }
}
