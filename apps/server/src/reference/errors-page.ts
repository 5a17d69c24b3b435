import { errorKinds } from '@promptory/api/server';
import { ErrorCode } from '@promptory/schemas';

/** docs/errors.md: every code with its status and its public sentence. */
export function errorsPage(): string {
  const rows = ErrorCode.options.map(
    (code) => `| \`${code}\` | ${errorKinds[code].status} | ${errorKinds[code].message} |`,
  );
  return `<!-- Written by \`pnpm generate\`. -->

# Errors

REST answers \`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`, \`requestId\` and \`errors\`, a list
of \`{ path, message }\`. tRPC carries \`code\`, \`requestId\` and \`errors\` in \`shape.data\`. A code is never given another meaning.

| code | status | meaning |
|---|---|---|
${rows.join('\n')}
`;
}
