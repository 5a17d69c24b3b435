import { getMailChoice, type RouterOutputs } from '@promptory/api/server';
import type { FastifyInstance } from 'fastify';
import { html } from './markup/html.ts';
import type { Page } from './markup/layout.ts';
import { button, form, hidden, notice, text } from './markup/pieces.ts';
import { type At, asked, type PageContext, send, sendFailure, sentBy } from './page-context.ts';

type Choice = RouterOutputs['preferences']['chooseMails'];

const PATH = '/mail-preferences';

const about: Readonly<Record<Choice['notification'], { title: string; when: string }>> = {
  groupInvitations: { title: 'Mails about shared groups', when: 'when somebody shares a group of prompts with you' },
  labelMoves: { title: 'Mails about labels', when: 'when somebody else moves a label of a prompt of yours' },
  dailySummary: { title: 'Summaries of each day', when: 'each night of what happened on the day' },
};

const choicePage = (token: string, { notification, wanted }: Choice, isDone: boolean): Page => {
  const { title, when } = about[notification];
  const words = wanted ? `You get a mail ${when}.` : `You get no mail ${when}.`;
  const fields = [hidden('token', token), hidden('wanted', wanted ? 'no' : 'yes')];
  return {
    title,
    parts: [
      html`${isDone ? notice(words) : text(words)}${form(PATH, fields, wanted ? 'Send me no more of them' : 'Send them to me again', { quiet: !wanted })}`,
    ],
  };
};

const deadLinkPage: Page = {
  title: 'This link does not work any more',
  parts: [
    html`${text('Your account has another e-mail address now, or the link was not copied whole. A newer mail has one that works.')}${button('/shared', 'What is shared with you')}`,
  ],
};

/** Ends mails of one kind by the link in them, by a button here or by that of the mail program (RFC 8058). Opening it changes nothing. */
export function mailChoiceRoutes(app: FastifyInstance, { services, call, count }: PageContext): void {
  app.get(PATH, async (req, reply) => {
    await count(req);
    const token = asked(req, 'token');
    const choice = await getMailChoice(services, token);
    return send({ req, reply }, choice === null ? deadLinkPage : choicePage(token, choice, false));
  });

  app.post(PATH, async (req, reply) => {
    const at: At = { req, reply };
    const { token = asked(req, 'token'), wanted } = sentBy(req);
    const done = await call(at, { path: 'preferences.chooseMails', type: 'mutation' }, (api) =>
      api.preferences.chooseMails({ token, wanted: wanted === 'yes' }),
    );
    if (done.ok) return send(at, choicePage(token, done.output, true));
    if (done.error.code === 'auth.link_invalid') return send(at, deadLinkPage, done.error.status);
    return sendFailure(at, done.error);
  });
}
