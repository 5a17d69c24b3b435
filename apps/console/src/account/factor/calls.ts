// The procedures of the second factor: auth.totp.get, auth.totp.start, auth.totp.confirm, auth.totp.renewRecoveryCodes,
// auth.totp.disable. auth.totp.verify is in session/calls.ts.
import type { RouterInputs } from '@promptory/client';
import { useMutation } from '@tanstack/react-query';
import { promptory, queryClient, trpc } from '../../data/promptory.ts';
import { toasts } from '../../ui/toasts.ts';

export const factor = () => trpc.auth.totp.get.queryOptions({});

const changed = () =>
  Promise.all([
    queryClient.invalidateQueries(trpc.auth.totp.pathFilter()),
    queryClient.invalidateQueries(trpc.auth.sessions.pathFilter()),
  ]);

export const useStart = () =>
  useMutation({ mutationFn: (currentPassword: string) => promptory.auth.totp.start.mutate({ currentPassword }) });

export const useConfirm = () =>
  useMutation({
    mutationFn: (code: string) => promptory.auth.totp.confirm.mutate({ code }),
    onSuccess: () => void changed(),
  });

export const useRenew = () =>
  useMutation({
    mutationFn: (code: string) => promptory.auth.totp.renewRecoveryCodes.mutate({ code }),
    onSuccess: () => void changed(),
  });

export const useDisable = () =>
  useMutation({
    mutationFn: (input: RouterInputs['auth']['totp']['disable']) => promptory.auth.totp.disable.mutate(input),
    onSuccess: () => {
      toasts.show({ text: 'The second factor is off' });
      void changed();
    },
  });
