import type { AppError, Services } from '@promptory/api/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Html } from './markup/html.ts';
import { documentOf, PAGE_POLICY, type Page } from './markup/layout.ts';
import { blank, button, notice, type Shown } from './markup/pieces.ts';
import { type Fields, wordsOf } from './markup/words.ts';
import type { PageCall } from './page-calls.ts';

/** What the pages ask of the server. */
export interface PageContext {
  readonly services: Services;
  readonly call: PageCall;
  /** Counts a request that looks something up without a procedure. @throws AppError limit.exceeded */
  count(req: FastifyRequest): Promise<void>;
}

export interface At {
  readonly req: FastifyRequest;
  readonly reply: FastifyReply;
}

const NONE: Fields = {};

/** What a form sent. */
export const sentBy = ({ body }: FastifyRequest): Fields => (body as Fields | undefined) ?? NONE;

/** The first value of a parameter of the address. */
export function asked({ query }: FastifyRequest, name: string): string {
  const value: unknown = Reflect.get(Object(query), name);
  return typeof value === 'string' ? value : '';
}

export const send = ({ reply }: At, page: Page, status = 200): FastifyReply =>
  reply
    .code(status)
    .header('content-security-policy', PAGE_POLICY)
    .type('text/html; charset=utf-8')
    .send(documentOf(page));

/** After a form that did something, so that loading the page again does not send it again (RFC 9110, 15.4.4). */
export const goTo = ({ reply }: At, path: string): FastifyReply => reply.redirect(path, 303);

/** The page of a failure that belongs to no form. */
export const sendFailure = (at: At, error: AppError, ...next: readonly Html[]): FastifyReply =>
  send(
    at,
    {
      title: error.status >= 500 ? 'That did not work' : 'That is not possible',
      parts: [notice(wordsOf(error), 'bad'), ...(next.length > 0 ? next : [button('/sign-in', 'Sign in')])],
    },
    error.status,
  );

/** A form as it was sent, with what was wrong with it. */
export const again = (req: FastifyRequest, fault: AppError): Shown => ({ typed: sentBy(req), fault });

export const shownFor = (req: FastifyRequest): Shown => ({ ...blank, typed: { email: asked(req, 'email') } });
