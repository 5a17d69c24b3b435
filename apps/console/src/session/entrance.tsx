import { type ReactNode, useEffect, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Title } from '../ui/page.tsx';
import { takeFarewell } from './farewell.ts';
import { SignIn } from './sign-in.tsx';
import { SignUp } from './sign-up.tsx';

/** In the place of every page to who is not signed in; afterwards that page is there. */
export function Entrance() {
  const [isNew, setNew] = useState(false);
  const [farewell, setFarewell] = useState<string | null>(null);
  useEffect(() => setFarewell((known) => known ?? takeFarewell()), []);
  const title = isNew ? 'Make an account' : 'Sign in';
  return (
    <Card title={title}>
      {farewell !== null && (
        <div className="mb-4">
          <Notice>{farewell}</Notice>
        </div>
      )}
      {isNew ? <SignUp /> : <SignIn />}
      <div className="mt-4 flex flex-wrap justify-between gap-x-4 border-t border-edge pt-3">
        <Button look="bare" className="-ms-3.5" onClick={() => setNew(!isNew)}>
          {isNew ? 'I have an account' : 'Make an account'}
        </Button>
        {!isNew && (
          <a className="py-2 text-sm text-accent underline underline-offset-2" href="/forgot-password">
            I do not know the password
          </a>
        )}
      </div>
    </Card>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center px-4 py-8">
      <Title>{title}</Title>
      <p className="mb-3 px-1 text-lg font-semibold tracking-tight">Promptory</p>
      <section className="rounded-xl border border-edge bg-card p-6 shadow-sm">
        <h1 className="mb-4 text-2xl font-semibold tracking-tight">{title}</h1>
        {children}
      </section>
    </main>
  );
}
