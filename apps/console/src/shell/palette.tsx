import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { addresses, groupAt, promptAt } from '../addresses.ts';
import { groups, me } from '../data/own.ts';
import { useSettled } from '../data/settled.ts';
import { libraryAt } from '../library/library-search.ts';
import { signOut } from '../session/calls.ts';
import { Dialog } from '../ui/dialog.tsx';
import { wordsOf } from '../ui/failure.tsx';
import { Typed } from '../ui/page.tsx';
import { promptsNamed } from './calls.ts';

interface Step {
  readonly name: string;
  readonly go: () => void;
}

const administration = [
  ['Users', addresses.users],
  ['Audit log', addresses.audit],
  ['Attempts to sign in', addresses.attempts],
  ['Jobs of the server', addresses.jobs],
  ['Statistics', addresses.statistics],
] as const;

/** Goes wherever its name is typed: to pages and groups by what they are called, to prompts by what the search finds. */
export function Palette({ close, showShortcuts }: { close: () => void; showShortcuts: () => void }) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState('');
  const q = useSettled(typed.trim(), 150);
  const prompts = useQuery(promptsNamed(q));
  const shared = useQuery(groups());
  const isAdmin = useQuery(me()).data?.role === 'admin';
  const [, navigate] = useLocation();
  const isNamed = ({ name }: { name: string }) => name.toLowerCase().includes(typed.trim().toLowerCase());
  const steps: readonly Step[] = [
    { name: 'Library', go: () => navigate(libraryAt({})) },
    { name: 'My prompts', go: () => navigate(libraryAt({ scope: 'mine' })) },
    { name: 'Favourites', go: () => navigate(libraryAt({ scope: 'favorites' })) },
    { name: 'Templates', go: () => navigate(libraryAt({ scope: 'templates' })) },
    { name: 'Groups', go: () => navigate(addresses.groups) },
    { name: 'Releases', go: () => navigate(addresses.releases) },
    { name: 'Import', go: () => navigate(addresses.import) },
    { name: 'Export', go: () => navigate(addresses.export) },
    { name: 'Trash', go: () => navigate(addresses.trash) },
    { name: 'Account', go: () => navigate(addresses.account) },
    { name: 'Preferences', go: () => navigate(addresses.preferences) },
    { name: 'API keys', go: () => navigate(addresses.keys) },
    { name: 'History', go: () => navigate(addresses.history) },
    { name: 'Your data', go: () => navigate(addresses.data) },
    ...(isAdmin ? administration.map(([name, address]) => ({ name, go: () => navigate(address) })) : []),
    { name: 'New prompt', go: () => navigate(addresses.create) },
    { name: 'Keys', go: showShortcuts },
    { name: 'Sign out', go: () => void signOut() },
  ];
  const pages = steps.filter(isNamed);
  const named = shared.data?.items.filter(isNamed) ?? [];
  const found = prompts.data?.items ?? [];
  const values = [...[...found, ...named].map(({ id }) => id), ...pages.map(({ name }) => name)];
  const does = (go: () => void) => () => {
    close();
    go();
  };
  return (
    <Dialog title="Jump to" close={close}>
      <Command
        label="Jump to"
        shouldFilter={false}
        loop
        // What was chosen may not be there any more: then it is the first.
        value={values.includes(chosen) ? chosen : (values[0] ?? '')}
        onValueChange={setChosen}
      >
        <Command.Input
          autoFocus
          value={typed}
          onValueChange={(text) => {
            setTyped(text);
            setChosen('');
          }}
          placeholder="A prompt, a group or a page"
          className="w-full border-b border-edge bg-card px-4 py-3 outline-none placeholder:text-quiet"
        />
        <Command.List className="max-h-[55vh] overflow-y-auto p-2">
          <Command.Empty className="px-3 py-6 text-center text-sm text-quiet">
            {prompts.error === null ? 'Nothing is called that.' : wordsOf(prompts.error)}
          </Command.Empty>
          <Part title="Prompts">
            {found.map(({ id, title }) => (
              <Item key={id} value={id} go={does(() => navigate(promptAt(id)))}>
                <Typed>{title}</Typed>
              </Item>
            ))}
          </Part>
          <Part title="Groups">
            {named.map(({ id, name }) => (
              <Item key={id} value={id} go={does(() => navigate(groupAt(id)))}>
                <Typed>{name}</Typed>
              </Item>
            ))}
          </Part>
          <Part title="Pages">
            {pages.map(({ name, go }) => (
              <Item key={name} value={name} go={does(go)}>
                {name}
              </Item>
            ))}
          </Part>
        </Command.List>
      </Command>
    </Dialog>
  );
}

const Part = ({ title, children }: { title: string; children: readonly ReactNode[] | undefined }) =>
  children !== undefined && children.length > 0 ? (
    <Command.Group
      heading={title}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-quiet"
    >
      {children}
    </Command.Group>
  ) : null;

const Item = ({ value, go, children }: { value: string; go: () => void; children: ReactNode }) => (
  <Command.Item
    value={value}
    onSelect={go}
    className="min-h-10 cursor-pointer truncate rounded-lg px-3 py-2 text-sm data-[selected=true]:bg-accent-soft"
  >
    {children}
  </Command.Item>
);
