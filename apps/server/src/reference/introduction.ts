/** What somebody has to know before their first call, in the Markdown of OpenAPI: one page, and links to the rest. */
export const introduction = `A prompt library and registry: what people keep, find, version, group and share, programs fetch.

## Sign in

1. Open **POST /auth/login** below (or **POST /auth/register**, where you have no account yet) and send your address and password.
2. Copy \`accessToken\` from the answer into **Authentication**, as the bearer token: every call of this page is made as you from
   then on. It lasts ten minutes; \`POST /auth/refresh\` gives the next one.

A program takes a key, which lasts until it is revoked: make one with **POST /users/api-keys**, and send it as \`X-API-Key\`.

\`\`\`bash
curl -s "$SERVER/prompts?q=triage" \\
  -H "x-api-key: $KEY"
\`\`\`

## Errors

Every error is a problem document (RFC 9457). \`code\` says which it is and never changes its meaning, \`errors\` lists what is wrong
with an input by path, \`requestId\` finds it in the server's log. [Every code, and what to do about it](/docs/errors).

\`\`\`json
{
  "status": 400,
  "code": "request.invalid",
  "detail": "The input …",
  "errors": [
    {
      "path": "title",
      "code": "required",
      "message": "Is required …"
    }
  ],
  "requestId": "0190…"
}
\`\`\`

## Limits

\`RateLimit: "user";r=599;t=60\` says that 599 calls are left in the next 60 seconds. Beyond that, and where the server is busy, the
answer is 429 or 503 with \`Retry-After\`: wait for so many seconds, and make the same call again.

## Pages

Lists answer \`{ items, nextCursor }\`. Ask for the next page with \`?cursor=\` and that text, until it is null; \`limit\` says how many.

\`\`\`bash
curl -s "$SERVER/prompts?limit=50&cursor=$NEXT" \\
  -H "x-api-key: $KEY"
\`\`\`

## Once

A call that makes something new takes an \`Idempotency-Key\`, any text of yours. Sent again with it, as after a connection that broke,
the call is done once and answered as before. Changes take \`If-Match\` with the \`ETag\` that was read: somebody else's change is never
overwritten unseen.`;
