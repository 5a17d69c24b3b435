// `pnpm generate:client [--check]`: writes what the client's source has of the server, or fails where it is stale.
import { updateProcedureFacts } from './update-procedure-facts.ts';

if (!updateProcedureFacts({ check: process.argv.includes('--check') })) {
  process.stderr.write(
    'Stale: procedure-facts.generated.ts of the client. Run `pnpm generate` and commit the result.\n',
  );
  process.exitCode = 1;
}
