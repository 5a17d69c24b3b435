import type { AppError } from '@promptory/api/server';
import { type Html, html } from './html.ts';
import { type Fields, wordsOf } from './words.ts';

export interface FieldParts {
  readonly name: string;
  readonly label: string;
  readonly type: 'email' | 'password' | 'text';
  readonly autocomplete: string;
  readonly hint?: string;
  readonly maxLength: number;
  readonly optional?: true;
}

/** What a form is shown with again after it was sent: what was typed, but for passwords, and what was wrong. */
export interface Shown {
  readonly typed: Fields;
  readonly fault: AppError | null;
}

export const blank: Shown = { typed: {}, fault: null };

export const emailField: FieldParts = {
  name: 'email',
  label: 'E-mail address',
  type: 'email',
  autocomplete: 'username',
  maxLength: 254,
};

/** @param name of the field in the input of the call */
export const passwordField = (name = 'password', label = 'Password'): FieldParts => ({
  name,
  label,
  type: 'password',
  autocomplete: 'current-password',
  maxLength: 1024,
});

export const newPasswordField = (name = 'password', label = 'New password'): FieldParts => ({
  name,
  label,
  type: 'password',
  autocomplete: 'new-password',
  hint: '10 to 128 characters, such as four words that do not belong together.',
  maxLength: 1024,
});

function field({ name, label, type, autocomplete, hint, maxLength, optional }: FieldParts, shown: Shown): Html {
  const fault = shown.fault?.errors.find(({ path }) => path === name)?.message ?? null;
  const kept = type === 'password' ? '' : (shown.typed[name] ?? '');
  return html`<label>${label}${hint !== undefined && html`<small>${hint}</small>`}
<input name="${name}" type="${type}" value="${kept}" autocomplete="${autocomplete}" maxlength="${maxLength}"${
    optional !== true && html` required`
  }${fault !== null && html` aria-invalid="true" aria-describedby="${name}-fault"`}>${
    fault !== null && html`<span class="fault" id="${name}-fault">${fault}</span>`
  }</label>`;
}

/** Travels with a form unseen. */
export const hidden = (name: string, value: string): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`;

export const fields = (parts: readonly FieldParts[], shown: Shown): readonly Html[] =>
  parts.map((part) => field(part, shown));

/** Of the fields that somebody sees. */
const shownNames = (content: readonly Html[]): string[] =>
  content.flatMap(({ text }) => [...text.matchAll(/<input name="([^"]*)"/g)].map(([, name = '']) => name));

/** A form to an address of this server, with what went wrong above it. */
export const form = (
  action: string,
  content: readonly Html[],
  button: string,
  { fault = null, quiet = false }: { fault?: AppError | null; quiet?: boolean } = {},
): Html => html`${fault !== null && notice(wordsOf(fault, shownNames(content)), 'bad')}<form method="post" action="${action}">
${content}
<button${quiet && html` class="quiet"`}>${button}</button>
</form>`;

export const notice = (text: string | Html, kind: 'good' | 'bad' = 'good'): Html =>
  html`<div class="notice${kind === 'bad' && html` bad`}" role="${kind === 'bad' ? 'alert' : 'status'}">${text}</div>`;

export const text = (words: string): Html => html`<p>${words}</p>`;

/** The next step. */
export const button = (to: string, words: string, kind: 'first' | 'quiet' = 'first'): Html =>
  html`<p><a class="button${kind === 'quiet' && html` quiet`}" href="${to}">${words}</a></p>`;

/** What somebody typed: whichever way it is written, it changes nothing around it. */
export const typedName = (name: string): Html => html`<bdi>${name}</bdi>`;
