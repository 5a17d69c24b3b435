import { isPromptoryError } from '@promptory/client';
import { useMutation } from '@tanstack/react-query';
import { Button } from '../ui/button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Field } from '../ui/field.tsx';
import { Notice } from '../ui/notice.tsx';
import { proveFactor } from './calls.ts';
import { textIn } from './text-in.ts';

/**
 * What went wrong; and where that is only that the second factor was shown too long ago, a field for a code, after which it
 * is tried again.
 */
export function FactorOrFailure({ error, retry }: { error: unknown; retry: () => void }) {
  const proving = useMutation({ mutationFn: proveFactor, onSuccess: retry });
  if (!isPromptoryError(error, 'auth.second_factor_required')) return <Failure error={error} />;
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        // The form around it, where there is one, is not sent by this.
        event.stopPropagation();
        proving.mutate(textIn(new FormData(event.currentTarget), 'code').replaceAll(' ', ''));
      }}
    >
      <Notice>This asks for your second factor once more.</Notice>
      {proving.error !== null && <Failure error={proving.error} />}
      <Field
        label="Code"
        hint="The six digits that your authenticator shows, or a recovery code."
        name="code"
        autoComplete="one-time-code"
        autoFocus
      />
      <Button type="submit" className="justify-self-start" disabled={proving.isPending}>
        Go on
      </Button>
    </form>
  );
}
