import { appRouter } from '@promptory/api/server';
import { type DescribedError, describeErrors } from '../../reference/errors/describe-errors.ts';
import { type DescribedFieldError, describeFieldErrors } from '../../reference/errors/field-errors.ts';
import { palette } from './palette.ts';
import { sourceHash } from './source-hash.ts';

const style = `${palette}
  body {
    background: var(--page); color: var(--text); font: 1rem/1.55 system-ui, sans-serif; max-width: 46rem; margin: 0 auto;
    padding: 2.5rem 1rem; overflow-wrap: anywhere;
  }
  a { color: var(--accent); text-underline-offset: 0.15em; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  code, pre { font: 0.92em/1.5 ui-monospace, monospace; }
  code { background: var(--edge); border-radius: 3px; padding: 0.05em 0.3em; overflow-wrap: anywhere; }
  pre { background: var(--card); border: 1px solid var(--edge); border-radius: 6px; padding: 0.8rem 1rem; white-space: pre-wrap; }
  nav p { font-weight: 600; margin: 1.2rem 0 0.3rem; }
  nav ul { margin: 0; columns: 16rem; padding: 0; list-style: none; }
  nav li { padding: 0.2rem 0; }
  nav code { background: none; padding: 0; }
  section > h2 { margin-top: 3rem; }
  article { border-top: 1px solid var(--edge); padding: 1rem 0.8rem; margin: 0 -0.8rem; scroll-margin-top: 1rem; }
  article:target { background: var(--card); border-radius: 6px; }
  h3 { margin: 0; font-size: 1.1rem; }
  h3 a { color: inherit; text-decoration: none; }
  h3 a code { background: none; padding: 0; }
  .kind { color: var(--quiet); font-size: 0.9rem; margin: 0.2rem 0 0.8rem; }
  dt { font-weight: 600; margin-top: 0.6rem; }
  dd { margin: 0; }
`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Backticks, as in Markdown, are the only markup in the texts. */
const html = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

function article({ code, status, trpc, message, happened, remedy, answeredBy, example }: DescribedError): string {
  return `<article id="${escaped(code)}">
<h3><a href="#${escaped(code)}"><code>${escaped(code)}</code></a></h3>
<p class="kind">HTTP ${status} · tRPC ${escaped(trpc)}</p>
<p>${html(message)}</p>
<dl>
<dt>What happened</dt><dd>${html(happened)}</dd>
<dt>What to do</dt><dd>${html(remedy)}</dd>${answeredBy === null ? '' : `\n<dt>Answered by</dt><dd>${html(answeredBy)}</dd>`}
</dl>${example === null ? '' : `\n<pre>${escaped(example)}</pre>`}
</article>`;
}

const fieldError = ({ code, params, sentences }: DescribedFieldError): string =>
  `<dt><code>${escaped(code)}</code>${params.map((name) => ` <small>${escaped(name)}</small>`).join('')}</dt>
${sentences.map((sentence) => `<dd>${escaped(sentence)}</dd>`).join('\n')}`;

/**
 * A page with a part for each error code, to which the `type` of a problem leads; and the policy it is served under.
 *
 * @param areas the errors that it shows; all that there are, unless given
 */
export function errorCodesPage(areas = describeErrors(appRouter)): { page: string; policy: string } {
  const links = areas.map(({ title, errors }) => {
    const items = errors.map(({ code }) => `<li><a href="#${escaped(code)}"><code>${escaped(code)}</code></a></li>`);
    return `<p>${escaped(title)}</p>\n<ul>\n${items.join('\n')}\n</ul>`;
  });
  const sections = areas.map(
    ({ title, errors }) => `<section>\n<h2>${escaped(title)}</h2>\n${errors.map(article).join('\n')}\n</section>`,
  );
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Promptory errors</title>
<style>${style}</style>
</head>
<body>
<p><a href="/docs">Promptory API</a></p>
<h1>Errors</h1>
<p>REST answers an error as <code>application/problem+json</code> (RFC 9457), tRPC carries the same in <code>error.data</code>.
<code>code</code> says which it is, and never changes its meaning; <code>type</code> leads to its part of this page;
<code>requestId</code> finds it in the server’s log. Where an answer has <code>Retry-After</code>, the same call may succeed after
so many seconds.</p>
<nav>
${links.join('\n')}
</nav>
<section id="fields">
<h2>Errors of fields</h2>
<p>Each entry of <code>errors</code> has the <code>path</code> of a field, a <code>code</code>, the <code>params</code> that its
sentence is made of, and that sentence as <code>message</code>.</p>
<dl>
${describeFieldErrors().map(fieldError).join('\n')}
</dl>
</section>
${sections.join('\n')}
</body>
</html>
`;
  return {
    page,
    policy: `default-src 'none'; style-src ${sourceHash(style)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}
