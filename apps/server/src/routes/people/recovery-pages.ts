import { type AppError, findVerification, type Verification } from '@promptory/api/server';
import { findEmailToken } from '@promptory/auth';
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

const registeredPassword = { ...passwordField('password', 'Your password'), hint: 'The one that you registered with.' };

const ownPasswordForm = (token: string, shown: Shown, button: string): Html =>
  form('/verify-email', [hidden('token', token), ...fields([newPasswordField('newPassword')], shown)], button, {
    fault: shown.fault,
  });

/** An account moves by its password alone: whoever reads the mails of the new address may be somebody else. */
const newAddressPage = (token: string, email: string, shown: Shown): Page => ({
  title: 'Confirm your new address',
  parts: [
    html`${text('Your account is to have this e-mail address, in place of the one that it has:')}
<p><strong>${email}</strong></p>${form(
      '/verify-email',
      [hidden('token', token), ...fields([passwordField('password', 'The password of your account')], shown)],
      'Use this address',
      { fault: shown.fault },
    )}`,
    text('If you did not ask for this, close the page: nothing changes.'),
  ],
});

/** No password counts any more: of two who registered with one address either may be a stranger to it. */
const registeredTwicePage = (token: string, shown: Shown): Page => ({
  title: 'Choose your password',
  parts: [
    html`${text('An account was made with your address more than once, so no password given so far counts. Choose one now: it confirms the address too.')}${ownPasswordForm(token, shown, 'Set it, and confirm')}`,
  ],
});

function verifyPage(token: string, { email, isNew, hasPassword }: Verification, shown: Shown): Page {
  if (isNew) return newAddressPage(token, email, shown);
  if (!hasPassword) return registeredTwicePage(token, shown);
  const isOther = shown.typed.newPassword !== undefined;
  const mine: Shown = isOther ? blank : shown;
  return {
    title: 'Confirm your address',
    parts: [
      form('/verify-email', [hidden('token', token), ...fields([registeredPassword], mine)], 'Confirm', {
        fault: mine.fault,
      }),
      html`<details${isOther && html` open`}><summary>I did not choose a password here</summary>
${text('Then somebody else may have registered with your address. Set a password of your own: it ends what they had open.')}
${ownPasswordForm(token, isOther ? shown : blank, 'Set it, and confirm')}</details>`,
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

  async function resets(req: FastifyRequest): Promise<boolean> {
    await count(req);
    const link = { token: asked(req, 'token'), purpose: 'reset_password', now: services.clock.now() } as const;
    return (await findEmailToken(services.db, link)) !== null;
  }

  /** A link that does not work leads to another one, whatever else was wrong. */
  const sendAgain = (at: At, error: AppError, mailed: Mailed, page: Page) =>
    send(at, error.code === 'auth.link_invalid' ? deadLinkPage(mailed) : page, error.status);

  app.get('/reset-password', async (req, reply) => {
    const page = (await resets(req)) ? resetPage(asked(req, 'token'), blank) : deadLinkPage(forgotten);
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
    await count(req);
    const token = asked(req, 'token');
    const found = await findVerification(services, token);
    return send({ req, reply }, found === null ? deadLinkPage(unconfirmed) : verifyPage(token, found, blank));
  });

  app.post('/verify-email', async (req, reply) => {
    const at: At = { req, reply };
    const { token = '', password, newPassword } = sentBy(req);
    const about = await findVerification(services, token);
    const owner = newPassword === undefined ? { password: password ?? '' } : { newPassword };
    const done = await call(at, { path: 'auth.verifyEmail', type: 'mutation' }, (api) =>
      api.auth.verifyEmail({ token, ...owner }),
    );
    const isNew = about?.isNew === true;
    if (done.ok) {
      return send(
        at,
        isNew
          ? donePage('Your new address is confirmed', 'Your account has the new address. Sign in with it from now on.')
          : donePage('Your address is confirmed', 'Your address is confirmed. You can sign in.'),
      );
    }
    const found = await findVerification(services, token);
    return found === null
      ? send(at, deadLinkPage(unconfirmed), done.error.status)
      : send(at, verifyPage(token, found, again(req, done.error)), done.error.status);
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
