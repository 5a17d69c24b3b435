import { useEffect, useState } from 'react';
import { useSettled } from '../../../data/settled.ts';
import address from './check-worker.ts?worker&url';
import type { Answer, Asked, Checked } from './checked.ts';

const SETTLED_MS = 200;

let worker: Worker | undefined;
let asked = 0;

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(input: string): string };
}

/** The policy of the page lets this one address become a worker's script, and no other: by a rule of that name, made once. */
function ownAddress(): string {
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
  return trustedTypes?.createPolicy('worker', { createScriptURL: () => address }).createScriptURL('') ?? address;
}

function workerOf(): Worker {
  worker ??= new Worker(ownAddress(), { type: 'module' });
  return worker;
}

/** What the language says of a text, once somebody pauses; null until then. */
export function useCheck(text: string): Checked | null {
  const settled = useSettled(text, SETTLED_MS);
  const [answer, setAnswer] = useState<{ readonly text: string; readonly checked: Checked } | null>(null);
  useEffect(() => {
    const number = ++asked;
    const own = workerOf();
    const hear = ({ data }: MessageEvent<Answer>) => {
      if (data.number === number) setAnswer({ text: settled, checked: data.checked });
    };
    own.addEventListener('message', hear);
    own.postMessage({ number, text: settled } satisfies Asked);
    return () => own.removeEventListener('message', hear);
  }, [settled]);
  return answer !== null && answer.text === text ? answer.checked : null;
}
