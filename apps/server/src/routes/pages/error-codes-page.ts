import { errorKinds } from '@promptory/api/server';
import { sourceHash } from './source-hash.ts';

const style = `
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: 0.4rem 0.8rem 0.4rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
  tr:target { background: #ff06; }
`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Markdown's backticks are the only markup in the table of errors. */
const html = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

/** A page with a row for each error code, to which the `type` of a problem points; and the policy it is served under. */
export function errorCodesPage(): { page: string; policy: string } {
  const rows = Object.entries(errorKinds).map(
    ([code, { status, trpc, message }]) =>
      `<tr id="${escaped(code)}"><td><code>${escaped(code)}</code></td><td>${status}</td><td><code>${trpc}</code></td><td>${html(message)}</td></tr>`,
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
<h1>Errors</h1>
<p>REST answers them as <code>application/problem+json</code> (RFC 9457), tRPC in <code>error.data</code>. A code never
changes its meaning. Where an answer has <code>Retry-After</code>, the same call may succeed after so many seconds.</p>
<table>
<thead><tr><th>Code</th><th>HTTP</th><th>tRPC</th><th>Meaning</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</body>
</html>
`;
  return {
    page,
    policy: `default-src 'none'; style-src ${sourceHash(style)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}
