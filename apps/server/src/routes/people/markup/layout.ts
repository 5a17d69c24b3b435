import { palette } from '../../pages/palette.ts';
import { sourceHash } from '../../pages/source-hash.ts';
import { Html, html } from './html.ts';

const style = `${palette}
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.55 system-ui, sans-serif; }
  header, main, footer { max-width: 30rem; margin: 0 auto; padding: 0 1rem; }
  header { padding-top: clamp(1rem, 6vh, 4rem); font-weight: 650; letter-spacing: 0.01em; }
  main > * { background: var(--card); border: 1px solid var(--edge); border-radius: 12px; padding: 1.5rem; margin: 1rem 0; }
  main > section > :first-child, main > section form:first-child > :first-child { margin-top: 0; }
  main > section > :last-child, form > :last-child { margin-bottom: 0; }
  footer { color: var(--quiet); font-size: 0.9rem; padding-bottom: 2rem; }
  h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 0.75rem; text-wrap: balance; }
  h2 { font-size: 1.1rem; line-height: 1.3; margin: 0 0 0.5rem; }
  p { margin: 0 0 1rem; overflow-wrap: anywhere; }
  a { color: var(--accent); text-underline-offset: 0.15em; }
  header a { color: inherit; text-decoration: none; }
  header a, footer a { display: inline-block; padding: 0.6rem 0; }
  footer p { margin: 0; }
  form { margin: 1rem 0; }
  label { display: block; font-weight: 600; margin-bottom: 1rem; }
  label small { display: block; font-weight: 400; font-size: 0.9rem; color: var(--quiet); }
  input {
    display: block; width: 100%; min-height: 2.75rem; margin-top: 0.35rem; padding: 0.5rem 0.75rem; font: inherit; font-weight: 400;
    color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 8px;
  }
  input[aria-invalid] { border-color: var(--fault); }
  .fault { color: var(--fault); font-weight: 400; font-size: 0.9rem; margin-top: 0.25rem; display: block; }
  button, .button {
    display: block; width: 100%; min-height: 2.75rem; padding: 0.55rem 1rem; font: inherit; font-weight: 600;
    text-align: center; text-decoration: none; cursor: pointer; border-radius: 8px; border: 1px solid var(--accent);
    color: var(--on-accent); background: var(--accent);
  }
  button.quiet, .button.quiet { color: var(--accent); background: none; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  .notice { border-radius: 8px; padding: 0.75rem 1rem; margin: 0 0 1rem; background: var(--good-page); }
  .notice.bad { background: var(--fault-page); color: var(--fault); }
  details { margin-bottom: 1rem; }
  section > details { margin: 0; }
  summary { cursor: pointer; min-height: 2.75rem; padding: 0.6rem 0; color: var(--accent); }
  ul { list-style: none; margin: 0; padding: 0; }
  li { border-top: 1px solid var(--edge); padding: 0.75rem 0; overflow-wrap: anywhere; }
  li:first-child { border-top: 0; padding-top: 0; }
  li:last-child { padding-bottom: 0; }
  li > a:only-child, li > a:first-child { display: inline-block; padding: 0.6rem 0; }
  .answers { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; margin-top: 0.75rem; }
  .answers form { margin: 0; }
  .quiet-text { color: var(--quiet); font-size: 0.9rem; }
`;

/** The one policy of all these pages: a style that it names, forms to this server, and no script at all. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${sourceHash(style)}`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface Page {
  readonly title: string;
  /** Each part is a card; the first holds the title. */
  readonly parts: readonly Html[];
  /** Where the browser goes by itself at once: an address of ours. */
  readonly goOnTo?: string;
}

/** A whole document. It names the product, and leads to its documentation. */
export function documentOf({ title, parts, goOnTo }: Page): string {
  const [first, ...others] = parts;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${goOnTo !== undefined && html`<meta http-equiv="refresh" content="0; url=${goOnTo}">`}
<title>${title} · Promptory</title>
${new Html(`<style>${style}</style>`)}
</head>
<body>
<header><a href="/shared">Promptory</a></header>
<main>
<section>
<h1>${title}</h1>
${first ?? null}
</section>
${others.map((part) => html`<section>${part}</section>`)}
</main>
<footer>
<p>Promptory keeps prompts, and shares them.</p>
<p><a href="/docs">What programs can do with it</a></p>
</footer>
</body>
</html>
`.text;
}
