import { isPromptoryError, type SignInInput } from '@promptory/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Field } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { factorOf, signIn } from './calls.ts';
import { CodeField, codeIn } from './code-field.tsx';
import { textIn } from './text-in.ts';

export function SignIn() {
  const signingIn = useMutation({ mutationFn: signIn });
  const { error } = signingIn;
  const needsCode = isPromptoryError(error, 'auth.second_factor_required');
  // Asked for from the first time on that it was missing, whatever goes wrong next.
  const [hasCode, setHasCode] = useState(false);
  const submit = (form: FormData) => {
    const code = codeIn(form);
    const input: SignInInput = { email: textIn(form, 'email'), password: textIn(form, 'password') };
    signingIn.mutate(code === '' ? input : { ...input, ...factorOf(code) }, {
      onError: (cause) => {
        if (isPromptoryError(cause, 'auth.second_factor_required')) setHasCode(true);
      },
    });
  };
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit(new FormData(event.currentTarget));
      }}
    >
      {needsCode && <Notice>Your account has a second factor.</Notice>}
      {error !== null && !needsCode && <Failure error={error} />}
      <Field label="E-mail address" name="email" type="email" autoComplete="username" autoFocus />
      <Field label="Password" name="password" type="password" autoComplete="current-password" />
      {hasCode && <CodeField />}
      <Button type="submit" look="first" className="min-h-11" disabled={signingIn.isPending}>
        {signingIn.isPending ? 'Signing in …' : 'Sign in'}
      </Button>
      {isPromptoryError(error, 'auth.email_not_verified') && (
        <a className="text-sm text-accent underline underline-offset-2" href="/resend-verification">
          Mail me the link again
        </a>
      )}
    </form>
  );
}
