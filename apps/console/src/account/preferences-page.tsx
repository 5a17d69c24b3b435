import type { RouterInputs, RouterOutputs } from '@promptory/client';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { me, preferences } from '../data/own.ts';
import { Button } from '../ui/button.tsx';
import { Failure } from '../ui/failure.tsx';
import { Field } from '../ui/field.tsx';
import { Loading } from '../ui/page.tsx';
import { AccountPage } from './account-page.tsx';
import { usePreferences } from './calls.ts';

const themes = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;
const visibilities = { private: 'Private', public: 'Public: whoever is signed in reads them' } as const;
const mails = {
  groupInvitations: 'When somebody shares a group with me',
  labelMoves: 'When somebody else moves a label of a prompt of mine',
  security: 'When my password has changed',
  dailySummary: 'Each day, what happened on the server the day before',
} as const;
/** The last one is of use to administrators only. */
const mailNames = ['groupInvitations', 'labelMoves', 'security', 'dailySummary'] as const;

/** What somebody has chosen for themselves. Each choice is kept as it is made. */
export function PreferencesPage() {
  const { data, error, refetch } = useQuery(preferences());
  return (
    <AccountPage>
      {data !== undefined ? (
        <Choices chosen={data} />
      ) : error === null ? (
        <Loading what="Opening your preferences" />
      ) : (
        <Failure error={error} retry={() => void refetch()} />
      )}
    </AccountPage>
  );
}

type Preferences = RouterOutputs['preferences']['get'];
type Wanted = RouterInputs['preferences']['update'];

function Choices({ chosen }: { chosen: Preferences }) {
  const update = usePreferences();
  const isAdmin = useQuery(me()).data?.role === 'admin';
  // What is on its way: shown at once, however many choices are made before the first is kept.
  const [wanted, setWanted] = useState<Wanted>({});
  const shown = { ...chosen, ...wanted };
  const mailed = { ...chosen.emailNotifications, ...wanted.emailNotifications };
  const choose = (choice: Wanted): void => {
    const mails = { ...wanted.emailNotifications, ...choice.emailNotifications };
    setWanted({ ...wanted, ...choice, emailNotifications: mails });
    // Only the last one's is called.
    update.mutate(choice, { onSettled: () => setWanted({}) });
  };
  return (
    <>
      <Choice title="Colours">
        {(['system', 'light', 'dark'] as const).map((theme) => (
          <Option
            key={theme}
            name="theme"
            isChosen={shown.theme === theme}
            choose={() => choose({ theme })}
            text={themes[theme]}
          />
        ))}
      </Choice>
      <Choice title="New prompts are">
        {(['private', 'public'] as const).map((visibility) => (
          <Option
            key={visibility}
            name="visibility"
            isChosen={shown.defaultVisibility === visibility}
            choose={() => choose({ defaultVisibility: visibility })}
            text={visibilities[visibility]}
          />
        ))}
      </Choice>
      <Category
        key={chosen.defaultCategory}
        category={chosen.defaultCategory ?? ''}
        save={(category) => choose({ defaultCategory: category.trim() === '' ? null : category })}
      />
      <Choice title="Mail me">
        {mailNames
          .filter((name) => isAdmin || name !== 'dailySummary')
          .map((name) => (
            <Option
              key={name}
              isChosen={mailed[name]}
              choose={() => choose({ emailNotifications: { [name]: !mailed[name] } })}
              text={mails[name]}
            />
          ))}
      </Choice>
    </>
  );
}

const Choice = ({ title, children }: { title: string; children: ReactNode }) => (
  <fieldset>
    <legend className="mb-1 font-semibold">{title}</legend>
    {children}
  </fieldset>
);

/** One of several where they have a name together, else by itself. */
const Option = (props: { name?: string; isChosen: boolean; choose: () => void; text: string }) => (
  <label className="flex min-h-10 items-center gap-2.5 text-sm">
    <input
      type={props.name === undefined ? 'checkbox' : 'radio'}
      name={props.name}
      className="size-5 shrink-0 accent-accent"
      checked={props.isChosen}
      onChange={props.choose}
    />
    {props.text}
  </label>
);

function Category({ category, save }: { category: string; save: (category: string) => void }) {
  const [typed, setTyped] = useState(category);
  return (
    <form
      className="flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        save(typed);
      }}
    >
      <div className="max-w-sm min-w-0 flex-1">
        <Field
          label="Category of new prompts"
          required={false}
          dir="auto"
          maxLength={60}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      </div>
      <Button type="submit" className="min-h-11" disabled={typed.trim() === category}>
        Keep
      </Button>
    </form>
  );
}
