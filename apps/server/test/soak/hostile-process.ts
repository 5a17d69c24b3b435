import { constants, setPriority } from 'node:os';
import { attack } from './hostile-accounts.ts';
import type { Account } from './soak-site.ts';

// The attackers' own work is done on machines of their own; here it must not take the server's time.
setPriority(constants.priority.PRIORITY_LOW);
const end = new AbortController();
process.once('message', (message: { url: string; accounts: readonly Account[]; names: readonly string[] }) => {
  // Who asked may be gone by then.
  const report = (met: object): void => void process.send?.(met, () => undefined);
  void attack(message.url, message.accounts, message.names, end.signal, report).then(() => process.exit(0));
});
process.once('disconnect', () => end.abort());
