import type { AppError } from '@promptory/api/server';
import { type EmailTokenPurpose, findEmailToken } from '@promptory/auth';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Html, html } from './markup/html.ts';
import type { Page } from './markup/layout.ts';
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
  type Shown,
  text,
} from './markup/pieces.ts';
import { type At, again, asked, type PageContext, send, sentBy, shownFor } from './page-context.ts';

/** What is mailed to whoever gives an address: the same is said whether or not it has an account. */
interface Mailed {
  readonly path: '/forgot-password' | '/resend-verification';
  readonly title: string;
  readonly about: string;
  readonly button: string;
  readonly sent: string;
}

const forgotten: Mailed = {
  path: '/forgot-password',
  title: 'Choose a new password',
  about: 'Give the e-mail address of your account. We send a link to it, by which you choose a new password.',
  button: 'Mail me a link',
  sent: 'If the address has an account, a link is on its way to it. It works for a quarter of an hour, and once.',
};

const unconfirmed: Mailed = {
  path: '/resend-verification',
  title: 'Confirm your address',
  about: 'Give the e-mail address that you registered with. We send a link to it, by which you confirm it.',
  button: 'Mail me a link',
  sent: 'If the address has an account that waits for it, a link is on its way to it. It works for a day.',
};

const signIn = button('/sign-in', 'Sign in', 'quiet');

const askForm = (mailed: Mailed, shown: Shown): Html =>
  form(mailed.path, fields([emailField], shown), mailed.button, { fault: shown.fault });

const askPage = (mailed: Mailed, shown: Shown): Page => ({
  title: mailed.title,
  parts: [html`${text(mailed.about)}${askForm(mailed, shown)}`, signIn],
});

const sentPage = ({ sent, path }: Mailed, email: string): Page => ({
  title: 'Look into your mail',
  parts: [
    html`${text(sent)}${form(path, [hidden('email', email)], 'No mail has come: send it again', { quiet: true })}`,
    signIn,
  ],
});

/** In place of a form whose link is of no more use. */
const deadLinkPage = (mailed: Mailed): Page => ({
  title: 'This link does not work any more',
  parts: [
    html`${text('It has run out, was used, or a newer one was sent. You can have another one.')}${askForm(mailed, blank)}`,
    signIn,
  ],
});

const resetPage = (token: string, shown: Shown): Page => ({
  title: 'Choose a new password',
  parts: [
    html`${text('Every device that is signed in has to sign in again then.')}${form(
      '/reset-password',
      [hidden('token', token), ...fields([newPasswordField()], shown)],
      'Change password',
      { fault: shown.fault },
    )}`,
  ],
});

const chosenPassword = { ...passwordField('password', 'Your password'), hint: 'The one that you registered with.' };

function verifyPage(token: string, shown: Shown): Page {
  const { fault } = shown;
  const isNew = shown.typed.newPassword !== undefined;
  const mine: Shown = isNew ? blank : shown;
  const another: Shown = isNew ? shown : blank;
  return {
    title: 'Confirm your address',
    parts: [
      form('/verify-email', [hidden('token', token), ...fields([chosenPassword], mine)], 'Confirm', {
        fault: mine.fault,
      }),
      html`<details${isNew && html` open`}><summary>I did not choose a password here</summary>
${text('Then somebody else may have registered with your address. Set a password of your own: it ends what they had open.')}
${form(
  '/verify-email',
  [hidden('token', token), ...fields([newPasswordField('newPassword')], another)],
  'Set it, and confirm',
  { fault: isNew ? fault : null },
)}</details>`,
    ],
  };
}

const donePage = (title: string, words: string): Page => ({
  title,
  parts: [html`${notice(words)}${button('/sign-in', 'Sign in')}`],
});

/** The pages behind links in mails and those that have such a link mailed. Opening one spends nothing, for mail scanners do. */
export function recoveryRoutes(app: FastifyInstance, context: PageContext): void {
  const { services, call, count } = context;

  async function works(req: FastifyRequest, purpose: EmailTokenPurpose): Promise<boolean> {
    await count(req);
    const link = { token: asked(req, 'token'), purpose, now: services.clock.now() };
    return (await findEmailToken(services.db, link)) !== null;
  }

  /** A link that does not work leads to another one, whatever else was wrong. */
  const sendAgain = (at: At, error: AppError, mailed: Mailed, page: Page) =>
    send(at, error.code === 'auth.link_invalid' ? deadLinkPage(mailed) : page, error.status);

  app.get('/reset-password', async (req, reply) => {
    const page = (await works(req, 'reset_password')) ? resetPage(asked(req, 'token'), blank) : deadLinkPage(forgotten);
    return send({ req, reply }, page);
  });

  app.post('/reset-password', async (req, reply) => {
    const at: At = { req, reply };
    const { token = '', password = '' } = sentBy(req);
    const done = await call(at, { path: 'auth.resetPassword', type: 'mutation' }, (api) =>
      api.auth.resetPassword({ token, password }),
    );
    if (!done.ok) return sendAgain(at, done.error, forgotten, resetPage(token, again(req, done.error)));
    return send(at, donePage('Your password is changed', 'Your password is changed. Sign in with the new one.'));
  });

  app.get('/verify-email', async (req, reply) => {
    const page = (await works(req, 'verify_email'))
      ? verifyPage(asked(req, 'token'), blank)
      : deadLinkPage(unconfirmed);
    return send({ req, reply }, page);
  });

  app.post('/verify-email', async (req, reply) => {
    const at: At = { req, reply };
    const { token = '', password, newPassword } = sentBy(req);
    const owner = newPassword === undefined ? { password: password ?? '' } : { newPassword };
    const done = await call(at, { path: 'auth.verifyEmail', type: 'mutation' }, (api) =>
      api.auth.verifyEmail({ token, ...owner }),
    );
    if (!done.ok) return sendAgain(at, done.error, unconfirmed, verifyPage(token, again(req, done.error)));
    return send(at, donePage('Your address is confirmed', 'Your address is confirmed. You can sign in.'));
  });

  for (const mailed of [forgotten, unconfirmed]) {
    app.get(mailed.path, async (req, reply) => send({ req, reply }, askPage(mailed, shownFor(req))));
    app.post(mailed.path, async (req, reply) => {
      const at: At = { req, reply };
      const { email = '' } = sentBy(req);
      const done =
        mailed === forgotten
          ? await call(at, { path: 'auth.forgotPassword', type: 'mutation' }, (api) =>
              api.auth.forgotPassword({ email }),
            )
          : await call(at, { path: 'auth.resendVerification', type: 'mutation' }, (api) =>
              api.auth.resendVerification({ email }),
            );
      if (!done.ok) return send(at, askPage(mailed, again(req, done.error)), done.error.status);
      return send(at, sentPage(mailed, email), 202);
    });
  }
}
