import type { PromptoryError } from '../errors/promptory-error.ts';

/** Where the bearer token of a call comes from. */
export interface TokenSource {
  /** The token to send now, signing in where need be; null for none. */
  token(): Promise<string | null>;
  /** The token of a session that is there already; null rather than signing in. */
  existing(): Promise<string | null>;
  /** Another token, because the server did not accept `rejected`; null or the same where there is no other. */
  renew(rejected: string): Promise<string | null>;
}

/** Whether the server did not accept the token; such a call has had no effect. */
export const isTokenRefused = ({ code }: PromptoryError): boolean =>
  code === 'auth.invalid_token' || code === 'auth.session_ended';

/** One token for as long as it is asked for: an API key, or an access token that cannot be renewed. */
export const fixedToken = (token: string | null): TokenSource => ({
  token: async () => token,
  existing: async () => token,
  renew: async () => null,
});

/** Answers the token to send, or null for none. `rejected` is one that the server has just refused. */
export type GetToken = (request: { readonly rejected: string | null }) => string | null | Promise<string | null>;

/** Tokens that the caller manages. For a refused one, `getToken` is called once for all calls that it failed. */
export function suppliedTokenSource(getToken: GetToken): TokenSource {
  let renewal: { rejected: string; token: Promise<string | null> } | null = null;
  const startRenewal = async (rejected: string) => {
    const started = { rejected, token: (async () => getToken({ rejected }))() };
    renewal = started;
    try {
      return await started.token;
    } catch (cause) {
      if (renewal === started) renewal = null;
      throw cause;
    }
  };
  const token = async () => {
    const supplied = await getToken({ rejected: null });
    // Where the caller still supplies the refused token, its renewal has the one to use.
    return renewal !== null && renewal.rejected === supplied ? renewal.token : supplied;
  };
  return {
    token,
    existing: token,
    renew: async (rejected) => (renewal?.rejected === rejected ? renewal.token : startRenewal(rejected)),
  };
}
