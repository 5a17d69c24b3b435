/** Where the bearer token of a call comes from. */
export interface Access {
  /** The token to send now; null for none. */
  token(): Promise<string | null>;
  /** Another token, because the server did not accept `rejected`; null or the same where there is no other. */
  renew(rejected: string): Promise<string | null>;
}

/** An API key is all that there is, for as long as the client lives. */
export const keyAccess = (apiKey: string): Access => ({
  token: async () => apiKey,
  renew: async () => null,
});

/** Answers the token to send, or null for none. `rejected` is one that the server has just refused. */
export type GetToken = (request: { readonly rejected: string | null }) => string | null | Promise<string | null>;

/** Tokens that the caller looks after. A refused one is asked anew once, for all calls that it failed. */
export function suppliedAccess(getToken: GetToken): Access {
  const renewals = new Map<string, Promise<string | null>>();
  return {
    token: async () => getToken({ rejected: null }),
    renew(rejected) {
      const running = renewals.get(rejected);
      if (running !== undefined) return running;
      const renewal = Promise.resolve(getToken({ rejected })).finally(() => renewals.delete(rejected));
      renewals.set(rejected, renewal);
      return renewal;
    },
  };
}
