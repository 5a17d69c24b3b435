import type { AdminUser } from '../calls.ts';

export type Quotas = Required<{ readonly [name in keyof AdminUser['quotas']]: string }>;

/** What each bounds, in the order in which they are shown. */
export const quotaNames: Readonly<Record<keyof Quotas, string>> = {
  prompts: 'Prompts',
  versions: 'Versions',
  versionsPerPrompt: 'Versions of a prompt',
  labelsPerPrompt: 'Labels of a prompt',
  labelMovesPerPrompt: 'Moves of its labels',
  storedBytes: 'Bytes of all texts',
  groups: 'Groups',
  membersPerGroup: 'People in a group',
  invitations: 'Open invitations',
  invitationsPerAddress: 'Of these to one address',
  favorites: 'Favourites',
  apiKeys: 'API keys',
  sessions: 'Devices signed in',
  importsAtOnce: 'Imports at once',
};

const names = Object.keys(quotaNames) as (keyof Quotas)[];

/** As they are typed: empty for what the server's settings say. */
export const typedQuotas = (quotas: AdminUser['quotas']): Quotas =>
  Object.fromEntries(names.map((name) => [name, String(quotas[name] ?? '')])) as Quotas;

/** What differs from what is set: a number, or null for what counts as the server has it again. */
export function quotaChanges(quotas: AdminUser['quotas'], typed: Quotas): Readonly<Record<string, number | null>> {
  const read = (text: string) => (text.trim() === '' ? null : Number(text));
  const changes = names.map((name) => [name, read(typed[name])] as const);
  return Object.fromEntries(changes.filter(([name, amount]) => amount !== (quotas[name] ?? null)));
}

export const QuotaFields = ({ typed, change }: { typed: Quotas; change: (quotas: Quotas) => void }) => (
  <fieldset>
    <legend className="text-sm font-semibold">Quotas</legend>
    <p className="mb-2 text-sm text-quiet">What is left empty is as the settings of the server have it.</p>
    <div className="grid gap-x-4 gap-y-2 sm:grid-cols-2">
      {names.map((name) => (
        <label key={name} className="flex min-h-10 items-center justify-between gap-3 text-sm">
          {quotaNames[name]}
          <input
            type="number"
            inputMode="numeric"
            min={0}
            step={1}
            placeholder="server’s"
            value={typed[name]}
            onChange={({ target }) => change({ ...typed, [name]: target.value })}
            className="w-32 rounded-lg border border-line bg-card px-2 py-1.5 text-end tabular-nums placeholder:text-quiet"
          />
        </label>
      ))}
    </div>
  </fieldset>
);
