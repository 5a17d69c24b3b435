// The two pages that links in mails lead to where no frontend stands in front of the server: so that a person can
// finish what a mail asks for. The token stays in the address until the person acts; nothing is spent by opening a page,
// which mail scanners do.
import type { FastifyInstance } from 'fastify';
import { sourceHash } from './source-hash.ts';

const style = `
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 15vh auto 0; padding: 0 1rem; }
  label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
  input { margin: 0.3rem 0 1rem; padding: 0.5rem; }
  button { padding: 0.6rem; cursor: pointer; }
  output { display: block; margin-top: 1rem; }
  label.choice { display: flex; gap: 0.5rem; align-items: baseline; margin-bottom: 1rem; }
  label.choice input { width: auto; margin: 0; }
  [hidden] { display: none; }
`;

const script = `
  const form = document.querySelector('form');
  const said = document.querySelector('output');
  // What is hidden is neither asked for nor sent.
  const choice = form.querySelector('[type=checkbox]');
  const choose = () => {
    for (const label of form.querySelectorAll('[data-chosen]')) {
      label.hidden = label.dataset.chosen !== String(choice.checked);
      label.querySelector('input').disabled = label.hidden;
    }
  };
  choice?.addEventListener('change', choose);
  if (choice) choose();
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    said.textContent = '…';
    const token = new URLSearchParams(location.search).get('token') ?? '';
    const body = JSON.stringify({ token, ...Object.fromEntries(new FormData(form)) });
    try {
      const answer = await fetch(form.dataset.call, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (answer.ok) {
        said.textContent = form.dataset.done;
        history.replaceState(null, '', location.pathname);
        return;
      }
      said.textContent = (await answer.json()).detail;
    } catch {
      said.textContent = 'The server did not answer. Try again.';
    }
    button.disabled = false;
  });
`;

interface Page {
  readonly path: string;
  readonly title: string;
  readonly call: string;
  readonly done: string;
  readonly fields: string;
}

const pages: readonly Page[] = [
  {
    path: '/verify-email',
    title: 'Confirm your e-mail address',
    call: '/auth/verify-email',
    done: 'Your address is confirmed. You can sign in.',
    fields: `<label data-chosen="false">Your password
<input name="password" type="password" autocomplete="current-password" maxlength="1024" required></label>
<label data-chosen="true" hidden>New password (10 to 128 characters)
<input name="newPassword" type="password" autocomplete="new-password" minlength="10" maxlength="128" required disabled></label>
<label class="choice"><input type="checkbox">
I did not choose a password here: somebody may have registered my address. Set a new one, and end what they had open.</label>
<button>Confirm</button>`,
  },
  {
    path: '/reset-password',
    title: 'Choose a new password',
    call: '/auth/reset-password',
    done: 'Your password is changed. Sign in with the new one.',
    fields: `<label>New password (10 to 128 characters)
<input name="password" type="password" autocomplete="new-password" minlength="10" maxlength="128" required></label>
<button>Change password</button>`,
  },
];

const html = ({ title, call, done, fields }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Promptory</title>
<style>${style}</style>
</head>
<body>
<h1>${title}</h1>
<form data-call="${call}" data-done="${done}">
${fields}
<output role="status"></output>
</form>
<script>${script}</script>
</body>
</html>
`;

const policy = [
  "default-src 'none'",
  `script-src ${sourceHash(script)}`,
  `style-src ${sourceHash(style)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `GET /verify-email` and `GET /reset-password`, which mails link to under PUBLIC_URL. */
export async function mailLinkPages(app: FastifyInstance): Promise<void> {
  for (const page of pages) {
    const text = html(page);
    app.get(page.path, async (_req, reply) =>
      reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(text),
    );
  }
}
