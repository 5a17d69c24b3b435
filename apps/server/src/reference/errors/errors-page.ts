import type { AnyTRPCRouter } from '@trpc/server';
import { type DescribedError, describeErrors } from './describe-errors.ts';
import { type DescribedFieldError, describeFieldErrors } from './field-errors.ts';

/** As GitHub makes it of a heading. */
const anchorOf = (code: string): string => code.replaceAll(/[^\w-]/g, '');

function sectionOf({ code, status, trpc, message, happened, remedy, answeredBy, example }: DescribedError): string {
  const parts = [
    `### ${code}`,
    `${status} · tRPC \`${trpc}\` · ${message}`,
    `**What happened.** ${happened}`,
    `**What to do.** ${remedy}`,
  ];
  if (answeredBy !== null) parts.push(`**Answered by** ${answeredBy}`);
  if (example !== null) parts.push(`\`\`\`json\n${example}\n\`\`\``);
  return parts.join('\n\n');
}

const fieldRow = ({ code, params, sentences }: DescribedFieldError): string =>
  `| \`${code}\` | ${params.map((name) => `\`${name}\``).join(', ')} | ${sentences.join(' · ')} |`;

/** docs/errors.md: every code, what happened, and what to do about it. */
export function errorsPage(router: AnyTRPCRouter): string {
  const areas = describeErrors(router);
  const rows = areas.flatMap(({ errors }) =>
    errors.map(({ code, status, message }) => `| [\`${code}\`](#${anchorOf(code)}) | ${status} | ${message} |`),
  );
  const sections = areas.map(({ title, errors }) => [`## ${title}`, ...errors.map(sectionOf)].join('\n\n'));
  return `<!-- Written by \`pnpm generate\`. -->

# Errors

REST answers \`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`, \`requestId\` and \`errors\`, a list
of \`{ path, code, params, message }\` ([their codes](#errors-of-fields)); some errors have members of their own. tRPC carries the same in
\`error.data\`, with \`httpStatus\` and \`path\`. A code is never given another meaning. A running server shows this page at \`/docs/errors\`, where the \`type\` of each problem leads.

Where an answer has \`Retry-After\`, the same call may succeed after so many seconds.

| code | status | meaning |
|---|---|---|
${rows.join('\n')}

## Errors of fields

Each entry of \`errors\` has the \`path\` of a field, such as \`tags.0\`, a \`code\`, the \`params\` that its sentence is made of, and
that sentence in English as \`message\`. To translate, choose a sentence by \`code\` and fill in \`params\`; where there is a better one
than that of the code, \`message\` is the better one.

| code | params | sentences |
|---|---|---|
${describeFieldErrors().map(fieldRow).join('\n')}

${sections.join('\n\n')}
`;
}
