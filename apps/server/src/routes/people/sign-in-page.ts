import type { AppError } from '@promptory/api/server';
import type { FastifyInstance } from 'fastify';
import { html } from './markup/html.ts';
import type { Page } from './markup/layout.ts';
import { blank, button, emailField, fields, form, hidden, notice, passwordField, type Shown } from './markup/pieces.ts';
import { type At, again, asked, goTo, type PageContext, send, sentBy } from './page-context.ts';

/** Where somebody wanted to go: one of our own pages, and else the first of them. */
export const nextOf = (path: string | undefined): string =>
  path !== undefined && /^\/shared(?:\/[0-9a-f-]{36})?$/.test(path) ? path : '/shared';

const FACTOR_FAULTS: ReadonlySet<string> = new Set(['auth.second_factor_required', 'auth.second_factor_invalid']);

/** The page to sign in, which other pages show in their place to who is not signed in. */
export function signInPage(shown: Shown, { next = '/shared', why }: { next?: string; why?: string } = {}): Page {
  const { fault, typed } = shown;
  const isOpen = fault !== null && FACTOR_FAULTS.has(fault.code);
  const factor = [
    { name: 'code', label: 'Code of the app', type: 'text', autocomplete: 'one-time-code', maxLength: 6 },
    { name: 'recoveryCode', label: 'Or a recovery code', type: 'text', autocomplete: 'off', maxLength: 100 },
  ] as const;
  return {
    title: 'Sign in',
    parts: [
      html`${why !== undefined && notice(why)}${form(
        '/sign-in',
        [
          hidden('next', next),
          ...fields([emailField, passwordField()], shown),
          html`<details${isOpen && html` open`}><summary>My account has a second factor</summary>
${fields(
  factor.map((one) => ({ ...one, optional: true as const })),
  { typed: {}, fault },
)}</details>`,
        ],
        'Sign in',
        { fault },
      )}${fault?.code === 'auth.email_not_verified' && resendForm(typed.email ?? '')}`,
      html`${button('/forgot-password', 'I do not know the password', 'quiet')}${button('/register', 'Make an account', 'quiet')}`,
    ],
  };
}

/** One button, where the address is known. */
const resendForm = (email: string) =>
  form('/resend-verification', [hidden('email', email)], 'Mail me the link again', { quiet: true });

export function signInRoutes(app: FastifyInstance, { call }: PageContext): void {
  app.get('/sign-in', async (req, reply) =>
    send({ req, reply }, signInPage(blank, { next: nextOf(asked(req, 'next')) })),
  );

  app.post('/sign-in', async (req, reply) => {
    const at: At = { req, reply };
    const { email = '', password = '', code, recoveryCode, next } = sentBy(req);
    const factor = code ? { code: code.replaceAll(' ', '') } : recoveryCode ? { recoveryCode } : {};
    const done = await call(at, { path: 'auth.login', type: 'mutation' }, (api) =>
      api.auth.login({ email, password, ...factor, session: 'cookie' }),
    );
    if (done.ok) return goTo(at, nextOf(next));
    return send(at, signInPage(again(req, done.error), { next: nextOf(next) }), done.error.status);
  });

  app.post('/sign-out', async (req, reply) => {
    const at: At = { req, reply };
    const done = await call(at, { path: 'auth.logout', type: 'mutation' }, (api) => api.auth.logout({}));
    const why = done.ok ? 'You are signed out.' : 'You could not be signed out: try again.';
    return send(at, signInPage(blank, { why }), done.ok ? 200 : done.error.status);
  });
}

/** Whether somebody has to sign in before they can go on. */
export const isSignedOut = ({ code }: AppError): boolean =>
  ['auth.required', 'auth.invalid_token', 'auth.session_ended'].includes(code);
