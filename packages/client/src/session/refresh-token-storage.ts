/**
 * Where the refresh token of a `token` session outlives the client, such as a file of a command-line tool. It is read
 * before every refresh and written after it, since a refresh token is good once. Not for browsers: there, use a
 * `cookie` session, whose refresh token no script can read.
 */
export interface RefreshTokenStorage {
  get(): string | null | Promise<string | null>;
  set(refreshToken: string): void | Promise<void>;
  remove(): void | Promise<void>;
}

/** Keeps it as long as the client lives. */
export function memoryStorage(): RefreshTokenStorage {
  let stored: string | null = null;
  return {
    get: () => stored,
    set(refreshToken) {
      stored = refreshToken;
    },
    remove() {
      stored = null;
    },
  };
}
