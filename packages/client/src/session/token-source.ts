import type { PromptoryError } from '../errors/promptory-error.ts';

/** Where the bearer token of a call comes from. */
export interface Access {
  /** The token to send now; null for none. */
  token(): Promise<string | null>;
  /** Another token, because the server did not accept `rejected`; null or the same where there is no other. */
  renew(rejected: string): Promise<string | null>;
}

/** Whether the server did not accept the token; such a call has had no effect. */
export const isTokenRefused = ({ code }: PromptoryError): boolean =>
  code === 'auth.invalid_token' || code === 'auth.session_ended';

/** An API key is all that there is, for as long as the client lives. */
export const keyAccess = (apiKey: string): Access => ({
  token: async () => apiKey,
  renew: async () => null,
});

/** Answers the token to send, or null for none. `rejected` is one that the server has just refused. */
export type GetToken = (request: { readonly rejected: string | null }) => string | null | Promise<string | null>;

/** Tokens that the caller looks after. A refused one is asked anew once, for all calls that it failed. */
export function suppliedAccess(getToken: GetToken): Access {
  let renewal: { rejected: string; token: Promise<string | null> } | null = null;
  const ask = async (rejected: string) => {
    const asked = { rejected, token: (async () => getToken({ rejected }))() };
    renewal = asked;
    try {
      return await asked.token;
    } catch (cause) {
      if (renewal === asked) renewal = null;
      throw cause;
    }
  };
  return {
    async token() {
      const given = await getToken({ rejected: null });
      // A caller that still has the refused one at hand has given its successor already.
      return renewal !== null && renewal.rejected === given ? renewal.token : given;
    },
    renew: async (rejected) => (renewal?.rejected === rejected ? renewal.token : ask(rejected)),
  };
}
