import { useMutation } from '@tanstack/react-query';
import { Button } from '../ui/button.tsx';
import { Failure, faultsOf } from '../ui/failure.tsx';
import { Field } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { signUp } from './calls.ts';
import { textIn } from './text-in.ts';

export function SignUp() {
  const signingUp = useMutation({ mutationFn: signUp });
  const faults = faultsOf(signingUp.error);
  const faultOf = (name: string) => faults[name]?.[0];
  if (signingUp.data?.mailed === true) {
    return (
      <Notice>
        We have sent you a mail. It has what comes next, which in most cases is a link that confirms your address.
      </Notice>
    );
  }
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const [email, name, password] = ['email', 'name', 'password'].map((field) => textIn(form, field));
        signingUp.mutate({ email: email ?? '', name: name ?? '', password: password ?? '' });
      }}
    >
      {signingUp.error !== null && Object.keys(faults).length === 0 && <Failure error={signingUp.error} />}
      <Field
        label="E-mail address"
        name="email"
        type="email"
        autoComplete="username"
        fault={faultOf('email')}
        autoFocus
      />
      <Field
        label="Your name"
        hint="Those see it with whom you share something."
        name="name"
        autoComplete="name"
        maxLength={100}
        fault={faultOf('name')}
      />
      <Field
        label="Password"
        hint="10 characters or more, such as four words that do not belong together."
        name="password"
        type="password"
        autoComplete="new-password"
        fault={faultOf('password')}
      />
      <Button type="submit" look="first" className="min-h-11" disabled={signingUp.isPending}>
        {signingUp.isPending ? 'Making it …' : 'Make an account'}
      </Button>
    </form>
  );
}
