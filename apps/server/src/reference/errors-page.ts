import { errorKinds, type Meta } from '@promptory/api/server';
import { ErrorCode } from '@promptory/schemas';
import { restProceduresOf } from '@promptory/trpc-fastify';
import type { AnyTRPCRouter } from '@trpc/server';

/** docs/errors.md: every code with its status, its public sentence, and the procedures whose own it is. */
export function errorsPage(router: AnyTRPCRouter): string {
  const procedures = restProceduresOf(router);
  const rows = ErrorCode.options.map((code) => {
    const own = procedures.filter(({ meta }) => (meta as Meta).errors?.includes(code)).map(({ path }) => `\`${path}\``);
    return `| \`${code}\` | ${errorKinds[code].status} | ${errorKinds[code].message} | ${own.join(' ')} |`;
  });
  return `<!-- Written by \`pnpm generate\`. -->

# Errors

REST answers \`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`, \`requestId\` and \`errors\`, a list
of \`{ path, message }\`. tRPC carries \`code\`, \`requestId\` and \`errors\` in \`shape.data\`. A code is never given another meaning.
The last column names the procedures that answer a code of their own; what comes before every procedure may answer the others:
its guard, its limits, the check of its input, its transport.

| code | status | meaning | answered by |
|---|---|---|---|
${rows.join('\n')}
`;
}
