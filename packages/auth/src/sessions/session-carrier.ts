/** How a session's refresh token travels: in answers to a program, or in a browser's cookie. The table checks it. */
export type SessionCarrier = 'token' | 'cookie';
