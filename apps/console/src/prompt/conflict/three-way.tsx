import { diffText } from '@promptory/template';
import { type ReactNode, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Typed } from '../../ui/page.tsx';
import type { Draft } from '../edit/draft.ts';
import { Lines } from '../versions/changes.tsx';
import {
  type Choice,
  type ConflictField,
  conflictFields,
  type Decision,
  decided,
  type FieldName,
  saidBy,
  suggested,
} from './conflict-fields.ts';

interface ThreeWayProps {
  /** Who has saved meanwhile. */
  readonly author: string;
  readonly base: Draft;
  readonly theirs: Draft;
  readonly mine: Draft;
  take(draft: Draft): void;
  close(): void;
}

const titles: Readonly<Record<FieldName, string>> = {
  title: 'Title',
  description: 'Description',
  category: 'Category',
  tags: 'Tags',
  text: 'Content',
  inputSchema: 'Declared inputs',
  outputSchema: 'Declared answer',
  config: 'Config',
};

/** What is a name or a list of them is one line. */
const ONE_LINE: readonly FieldName[] = ['title', 'category', 'tags'];

/** What both began with, what somebody else made of it, and what was typed here: side by side, and one text of the three. */
export function ThreeWay({ author, base, theirs, mine, take, close }: ThreeWayProps) {
  const [fields] = useState(() => conflictFields(base, theirs, mine));
  const [decisions, setDecisions] = useState<ReadonlyMap<FieldName, Decision>>(new Map());
  return (
    <Dialog title="Put both together" isWide isForm close={close}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6 p-4">
        {fields.length === 0 && <Notice>Both have written the same: there is nothing to decide.</Notice>}
        {fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            author={author}
            isChat={field.name === 'text' && (theirs.messages !== null || mine.messages !== null)}
            decision={decisions.get(field.name) ?? { choice: suggested(field) }}
            decide={(decision) => setDecisions((before) => new Map([...before, [field.name, decision]]))}
          />
        ))}
        <div className="sticky bottom-0 -mx-4 -mb-4 flex flex-wrap items-center justify-end gap-2 border-t border-edge bg-card px-4 py-3">
          <p className="me-auto basis-full text-sm text-quiet sm:basis-auto">Nothing is saved by this yet.</p>
          <Button onClick={close}>Cancel</Button>
          <Button look="first" onClick={() => take(decided(fields, decisions, theirs, mine))}>
            Go on with it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

interface FieldProps {
  readonly field: ConflictField;
  readonly author: string;
  readonly isChat: boolean;
  readonly decision: Decision;
  decide(decision: Decision): void;
}

function Field({ field, author, isChat, decision, decide }: FieldProps) {
  const { name, base, theirs, mine, both } = field;
  const title = titles[name];
  const choices: readonly (readonly [Choice, string])[] = [
    ['theirs', 'Theirs'],
    ['mine', 'Yours'],
    ...(both === null ? [] : [['both', 'Both'] as const]),
  ];
  const text = 'text' in decision ? decision.text : saidBy(field, decision.choice);
  const isLong = name !== 'description' && !ONE_LINE.includes(name);
  return (
    <section aria-label={title} className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <h3 className="font-semibold">{title}</h3>
      <div className="grid gap-3 md:grid-cols-2">
        <Side name={`${title}: what ${author} changed`} from={base} to={theirs}>
          What <Typed>{author}</Typed> changed
        </Side>
        <Side name={`${title}: what you changed`} from={base} to={mine}>
          What you changed
        </Side>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-sm text-quiet">Take</span>
        {choices.map(([choice, said]) => (
          <Button
            key={choice}
            aria-label={`${said}: ${title}`}
            aria-pressed={'choice' in decision && decision.choice === choice}
            className="aria-pressed:border-accent aria-pressed:bg-accent-soft"
            onClick={() => decide({ choice })}
          >
            {said}
          </Button>
        ))}
        {both === null && theirs !== base && mine !== base && (
          <span className="text-sm text-quiet">
            You have changed the same {isChat ? 'messages, or such that stand side by side' : 'lines'}.
          </span>
        )}
      </div>
      {isChat ? (
        <section
          aria-label={`${title}, as it is then`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a long one scrolls by itself, also by keys
          tabIndex={0}
          className="max-h-72 overflow-y-auto rounded-lg border border-edge"
        >
          <pre dir="auto" className="p-3 font-mono text-sm whitespace-pre-wrap wrap-anywhere">
            {text}
          </pre>
        </section>
      ) : (
        <TextField
          label={`${title}, as it is then`}
          dir="auto"
          rows={isLong ? 6 : 1}
          spellCheck={false}
          value={text}
          className={isLong ? 'max-h-72 font-mono text-sm' : ''}
          onChange={({ target }) =>
            decide({ text: ONE_LINE.includes(name) ? target.value.replaceAll('\n', ' ') : target.value })
          }
        />
      )}
    </section>
  );
}

function Side(props: { name: string; from: string; to: string; children: ReactNode }) {
  const { name, from, to, children } = props;
  return (
    <section
      aria-label={name}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a long one scrolls by itself, also by keys
      tabIndex={0}
      className="max-h-64 overflow-y-auto rounded-lg border border-edge"
    >
      <h4 className="sticky top-0 border-b border-edge bg-card px-3 py-1 text-xs font-semibold text-quiet">
        {children}
      </h4>
      {from === to ? <p className="px-3 py-1.5 text-sm text-quiet">Nothing.</p> : <Lines diff={diffText(from, to)} />}
    </section>
  );
}
