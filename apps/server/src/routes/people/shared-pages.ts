import type { AppError, RouterOutputs } from '@promptory/api/server';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { cookieToken } from '../../http/session-cookie.ts';
import { type Html, html } from './markup/html.ts';
import { blank, button, form, text, typedName } from './markup/pieces.ts';
import { type At, goTo, type PageContext, send, sendFailure } from './page-context.ts';
import { isSignedOut, nextOf, signInPage } from './sign-in-page.ts';

type Invitation = RouterOutputs['me']['invitations']['list']['items'][number];
type Group = RouterOutputs['groups']['list']['items'][number];
type WithPrompts = RouterOutputs['groups']['get'];

const SHOWN = 50;

const byWhom = (user: { name: string; handle: string } | null): Html =>
  user === null ? html`by somebody who has left` : html`by ${typedName(user.name)} (${user.handle})`;

const rights: Readonly<Record<Invitation['role'], string>> = {
  viewer: 'As its viewer you may read its prompts.',
  editor: 'As its editor you may read its prompts, add and remove some, and change those that their owners put there.',
};

const invitationItem = ({ id, group, invitedBy, role }: Invitation): Html => html`<li>
<strong>${typedName(group.name)}</strong>, ${byWhom(invitedBy)}
<div class="quiet-text">${rights[role]}</div>
<div class="answers">
${form(`/shared/invitations/${id}/accept`, [], 'Accept')}
${form(`/shared/invitations/${id}/decline`, [], 'Decline', { quiet: true })}
</div></li>`;

const groupItem = ({ id, name, role, promptCount }: Group): Html => html`<li>
<a href="/shared/${id}">${typedName(name)}</a>
<div class="quiet-text">${promptCount} ${promptCount === 1 ? 'prompt' : 'prompts'} · you are its ${role}</div></li>`;

const signOut = form('/sign-out', [], 'Sign out', { quiet: true });

const listPart = (title: string, items: readonly Html[], none: string): Html =>
  html`<h2>${title}</h2>${items.length === 0 ? html`<p class="quiet-text">${none}</p>` : html`<ul>${items}</ul>`}`;

function groupPage({ name, description, owner, role, prompts, nextCursor, promptCount }: WithPrompts) {
  const items = prompts.map(
    ({ prompt: { title, description: about } }) =>
      html`<li><strong>${typedName(title)}</strong>${about !== '' && html`<div class="quiet-text">${typedName(about)}</div>`}</li>`,
  );
  const more =
    nextCursor === null ? null : html`<p class="quiet-text">The first ${items.length} of ${promptCount}.</p>`;
  return {
    title: 'A group of prompts',
    parts: [
      html`<p><strong>${typedName(name)}</strong>, ${byWhom(owner)}. You are its ${role}.</p>
${description !== '' && html`<p>${typedName(description)}</p>`}
<p class="quiet-text">To work with them, use a program of yours and <a href="/docs">the API</a>.</p>`,
      html`${listPart('Its prompts', items, 'There are none yet.')}${more}`,
      html`${button('/shared', 'All that is shared with you', 'quiet')}${signOut}`,
    ],
  };
}

/** What is shared with whoever is signed in by a cookie: invitations to answer, groups, and what is in one. */
export function sharedRoutes(app: FastifyInstance, { call }: PageContext): void {
  /** Somebody who is not signed in does so first, and comes back. */
  const failed = (at: At, error: AppError, ...next: Html[]): FastifyReply => {
    if (!isSignedOut(error)) return sendFailure(at, error, ...next);
    const why =
      error.code === 'auth.required' ? 'Sign in to see what is shared with you.' : 'You are not signed in any more.';
    return send(at, signInPage(blank, { next: nextOf(at.req.url), why }));
  };

  // From a mail that is read on another site the browser says so, and its cookie counts only for what we lead to ourselves.
  app.addHook('preHandler', async (req, reply) => {
    if (req.method !== 'GET' || req.headers['sec-fetch-site'] !== 'cross-site' || cookieToken(req) === null) return;
    const to = nextOf(req.url);
    return send({ req, reply }, { title: 'One moment', parts: [button(to, 'Go on')], goOnTo: to });
  });

  app.get('/shared', async (req, reply) => {
    const at: At = { req, reply };
    const invited = await call(at, { path: 'me.invitations.list', type: 'query' }, (api) =>
      api.me.invitations.list({ limit: SHOWN }),
    );
    if (!invited.ok) return failed(at, invited.error);
    const groups = await call(at, { path: 'groups.list', type: 'query' }, (api) => api.groups.list({ limit: SHOWN }));
    if (!groups.ok) return failed(at, groups.error);
    return send(at, {
      title: 'What is shared with you',
      parts: [
        listPart('Invitations', invited.output.items.map(invitationItem), 'Nobody waits for an answer of yours.'),
        listPart('Groups', groups.output.items.map(groupItem), 'You are in no group yet.'),
        signOut,
      ],
    });
  });

  app.get<{ Params: { id: string } }>('/shared/:id', async (req, reply) => {
    const at: At = { req, reply };
    const { id } = req.params;
    const done = await call(at, { path: 'groups.get', type: 'query' }, (api) => api.groups.get({ id, limit: SHOWN }));
    if (done.ok) return send(at, groupPage(done.output));
    return failed(at, done.error, button('/shared', 'All that is shared with you'), signOut);
  });

  for (const answer of ['accept', 'decline'] as const) {
    app.post<{ Params: { id: string } }>(`/shared/invitations/:id/${answer}`, async (req, reply) => {
      const at: At = { req, reply };
      const { id } = req.params;
      const done = await call(at, { path: `me.invitations.${answer}`, type: 'mutation' }, async (api) => {
        if (answer === 'decline') return await api.me.invitations.decline({ id });
        return (await api.me.invitations.accept({ id })).group.id;
      });
      if (!done.ok)
        return failed(at, done.error, text('See what else is shared with you.'), button('/shared', 'Go on'));
      return goTo(at, done.output === undefined ? '/shared' : `/shared/${done.output}`);
    });
  }
}
