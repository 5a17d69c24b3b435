import { grants, type Meta } from '@promptory/api/server';
import { restProceduresOf } from '@promptory/trpc-fastify';
import type { AnyTRPCRouter } from '@trpc/server';

const callers = {
  anyone: 'anyone',
  caller: 'people and API keys',
  session: 'people',
  admin: 'administrators',
} as const;

const stepUpText = (stepUp: Meta['stepUp']): string => {
  if (stepUp === undefined) return '';
  return stepUp === 'always' ? 'again' : `again with \`${stepUp.whenGiven}\``;
};

/** docs/access.md: every procedure with what it asks of its caller. */
export function accessPage(router: AnyTRPCRouter): string {
  const rows = restProceduresOf(router).map(({ path, rest, meta }) => {
    const { can, stepUp, cost = 1 } = meta as Meta;
    if (can === undefined) throw new Error(`${path} names no permission`);
    const grant = grants[can];
    const scope = grant.scope === null ? '' : `\`${grant.scope}\`${grant.groupKey ? '' : ', not limited to a group'}`;
    return `| \`${path}\` | \`${rest.method} ${rest.path}\` | \`${can}\` | ${callers[grant.to]} | ${scope} | ${stepUpText(stepUp)} | ${cost} |`;
  });
  return `<!-- Written by \`pnpm generate\`. -->

# Who may call what

A call is let in by its permission; what it may then touch is decided by \`packages/api/src/access/visibility.ts\`: what the
caller may not read does not exist (404), what it may read but not do is forbidden (403). Where an account has a second factor,
one column says which calls want it proved within the last ten minutes (\`POST /auth/totp/verify\`).

A call counts as so many against its caller's limit a minute as the last column says, by what it takes of the processor and the
database; a batch counts as the sum of its calls, and a call that nobody is signed in for as one. \`RateLimit\` of each answer
says what is left.

| procedure | address | permission | for | scope an API key needs | second factor | counts as |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
