import type { Registration } from '@promptory/api/server';
import type { FastifyInstance } from 'fastify';
import { html } from './markup/html.ts';
import type { Page } from './markup/layout.ts';
import {
  button,
  emailField,
  type FieldParts,
  fields,
  form,
  hidden,
  newPasswordField,
  type Shown,
  text,
} from './markup/pieces.ts';
import { type At, again, goTo, type PageContext, send, sentBy, shownFor } from './page-context.ts';

const nameField: FieldParts = {
  name: 'name',
  label: 'Your name',
  type: 'text',
  autocomplete: 'name',
  hint: 'Those see it with whom you share something.',
  maxLength: 100,
};

const forWhom: Record<Registration['mode'], string | null> = {
  open: null,
  invitation: 'Accounts are by invitation here: use the e-mail address that was invited.',
  domains: 'Accounts are for certain e-mail addresses here, such as those of a company.',
  closed: null,
};

function registerPage({ mode }: Registration, shown: Shown): Page {
  const signIn = button('/sign-in', 'I have an account: sign in', 'quiet');
  if (mode === 'closed') {
    return {
      title: 'There are no new accounts here',
      parts: [html`${text('Whoever runs this server makes the accounts. Ask them for one.')}${signIn}`],
    };
  }
  const about = forWhom[mode];
  return {
    title: 'Make an account',
    parts: [
      html`${about !== null && text(about)}${form(
        '/register',
        fields([emailField, nameField, newPasswordField('password', 'Password')], shown),
        'Make an account',
        { fault: shown.fault },
      )}`,
      signIn,
    ],
  };
}

const sentPage = (email: string): Page => ({
  title: 'Look into your mail',
  parts: [
    html`${text('We have sent you a mail. It has what comes next, which in most cases is a link that confirms your address.')}
${form('/resend-verification', [hidden('email', email)], 'No mail has come: send it again', { quiet: true })}`,
  ],
});

/** `GET` and `POST /register`, as the setting of registration has it. */
export function registerRoutes(app: FastifyInstance, { services, call }: PageContext): void {
  const { registration } = services.settings;

  app.get('/register', async (req, reply) => send({ req, reply }, registerPage(registration, shownFor(req))));

  app.post('/register', async (req, reply) => {
    const at: At = { req, reply };
    const { email = '', name = '', password = '' } = sentBy(req);
    const done = await call(at, { path: 'auth.register', type: 'mutation' }, (api) =>
      api.auth.register({ email, name, password, session: 'cookie' }),
    );
    if (!done.ok) return send(at, registerPage(registration, again(req, done.error)), done.error.status);
    return 'user' in done.output ? goTo(at, '/shared') : send(at, sentPage(email), 202);
  });
}
