import type { ErrorGuide } from './error-guide.ts';

/** Who calls, and what accounts, sessions and keys answer. */
export const accountErrors = {
  'auth.required': {
    happened: 'This call is for people and API keys, and the request carried no credential.',
    remedy:
      'Send `Authorization: Bearer <access token>`, or an API key in `X-API-Key`. A browser on an allowed origin may use the session cookie. To refresh, send the refresh token.',
  },
  'auth.invalid_token': {
    happened:
      'The credential was not accepted: the access token is older than ten minutes, its session has ended, its account is suspended, the API key was revoked, has expired or is mistyped, or `Authorization` is not `Bearer <token>`. A key may stand there too, or in `X-API-Key`, which is read where there is no `Authorization`.',
    remedy:
      'Exchange the refresh token at `POST /auth/refresh`, or sign in again. In place of a key that is gone, make another.',
  },
  'auth.invalid_credentials': {
    happened:
      'The address and the password do not belong together. An address without an account, a wrong password and a suspended account get this same answer, so that nobody learns which it was. In a session it means that the current password is not right.',
    remedy:
      'Check both. If you forgot the password, ask for a link by `POST /auth/forgot-password`. Guesses are limited.',
  },
  'auth.email_not_verified': {
    happened: 'The account’s e-mail address has not been proved by its mailed link, which this call asks for.',
    remedy: 'Open the link in the mail. `POST /auth/resend-verification` sends another one.',
  },
  'auth.email_taken': {
    happened: 'The address belongs to an account already, or became another account’s before its link was opened.',
    remedy:
      'Sign in to that account, or choose a new password for it by `POST /auth/forgot-password`; or use another address.',
  },
  'auth.registration_closed': {
    happened:
      'Whoever runs the server has closed registration, or takes addresses of some domains or that are invited to a group; `registration` says which of these. No account was made, and no address changed.',
    remedy:
      'Use an address of the right domain, or ask somebody who has a group to invite it, or whoever runs the server.',
    example: { extra: { registration: 'domains' } },
  },
  'auth.password_too_weak': {
    happened: 'The new password is shorter than 10 or longer than 128 characters, or it is one that many people use.',
    remedy:
      'Choose another; several words that do not belong together are good. `errors` says what was wrong with this one.',
  },
  'auth.link_invalid': {
    happened:
      'The mailed link is not valid any more: it was used, it is too old (a new password has 15 minutes, the proof of an address 24 hours), a newer one was sent, or the account or its address has changed since. Or it was cut off on its way.',
    remedy: 'Ask for another: `POST /auth/forgot-password` or `POST /auth/resend-verification`.',
  },
  'auth.session_ended': {
    happened:
      'The session has ended: it was signed out, unused for too long, or ended by a new password, a new second factor or a suspension. A refresh token that is used again, but for a few seconds after its use, ends its session too, because somebody may have copied it.',
    remedy:
      'Sign in again. Each refresh gives a new refresh token: keep only that one, and do not share one between processes.',
  },
  'auth.second_factor_required': {
    happened:
      'The account has a second factor. The log-in came without it; or the call is a dangerous one, and the session has not proved it within the last ten minutes.',
    remedy:
      'Log in with `code` from the authenticator, or with a `recoveryCode`. Within a session prove it at `POST /auth/totp/verify`, then call again.',
  },
  'auth.second_factor_invalid': {
    happened:
      'The code is wrong or belongs to another half minute, or it or a later one was used before; or the recovery code is none of those left.',
    remedy:
      'Type the code that the authenticator shows next, and see that the clock of its device is right. Without the device use a recovery code. Guesses are limited.',
  },
  'auth.second_factor_on': {
    happened: 'The account has a second factor already. Nothing was changed.',
    remedy: 'To move to another device, take the old one away at `POST /auth/totp/disable` first.',
  },
  'auth.second_factor_off': {
    happened: 'The account has no second factor; or its set-up was begun more than 15 minutes ago and not confirmed.',
    remedy: 'Begin at `POST /auth/totp`, then confirm with the first code.',
  },
  'auth.session_required': {
    happened:
      'An API key made a call that only a person in a session may make, such as changing a password or making keys.',
    remedy: 'Sign in, and call with the access token.',
  },
  'auth.scope_missing': {
    happened: 'The API key is valid, but it was made without the scope that this call needs. `scope` names it.',
    remedy: 'Make a key that has the scope; the scopes of a key never change.',
    example: { extra: { scope: 'prompts:write' } },
  },
  'auth.forbidden': {
    happened:
      'The call is for administrators; or it was made with a key that is limited to one group and reaches beyond it.',
    remedy: 'Ask an administrator, or use a key that is not limited to a group.',
  },
  'user.not_found': {
    happened: 'No account has this handle or id; or your own account is gone.',
    remedy: 'Check how the handle is written. A person without an account can be invited to a group by e-mail address.',
  },
  'user.handle_taken': {
    happened: 'Another account has this handle, or it is reserved.',
    remedy: 'Choose another. If you register without a handle, one is made from your name.',
  },
  'user.last_admin': {
    happened: 'The change would leave the server without an active administrator. Nothing was changed.',
    remedy: 'Make somebody else an administrator first.',
  },
  'api_key.not_found': {
    happened: 'You have no such key, or it is revoked already.',
    remedy: '`GET /users/api-keys` lists yours.',
  },
  'session.not_found': {
    happened: 'None of your sessions has this id; or it has ended already.',
    remedy: '`GET /auth/sessions` lists those that are open.',
  },
} as const satisfies Record<string, ErrorGuide>;
