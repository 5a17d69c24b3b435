import { isPromptoryError } from '@promptory/client';
import { useMutation } from '@tanstack/react-query';
import { Button } from '../ui/button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Notice } from '../ui/notice.tsx';
import { proveFactor } from './calls.ts';
import { CodeField, codeIn } from './code-field.tsx';

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
        proving.mutate(codeIn(new FormData(event.currentTarget)));
      }}
    >
      <Notice>This asks for your second factor once more.</Notice>
      {proving.error !== null && <Failure error={proving.error} />}
      <CodeField />
      <Button type="submit" className="justify-self-start" disabled={proving.isPending}>
        Go on
      </Button>
    </form>
  );
}
