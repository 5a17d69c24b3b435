import { type ReactNode, useEffect, useState } from 'react';
import { dropDraft, keepDraft, readDraft } from '../../data/drafts.ts';
import { Button } from '../../ui/button.tsx';
import { Failure, faultsOf } from '../../ui/failure.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { CodeField } from './code/code-field.tsx';
import { DocumentsFields } from './documents-fields.tsx';
import { type Draft, isSameDraft, keptDraft } from './draft.ts';
import { FiledFields } from './filed-fields.tsx';
import { newMessage } from './messages/draft-message.ts';
import { MessagesEditor } from './messages/messages-editor.tsx';
import { Preview } from './preview.tsx';

/** What becomes other of a draft; of one that is another by then, too. */
type Changes = Partial<Draft> | ((draft: Draft) => Partial<Draft>);

/** What is edited, and how another draft comes in its place. */
export interface EditorState {
  readonly draft: Draft;
  /** What it began with, and of which version that is; null for a prompt that is not there yet. */
  readonly saved: Draft;
  readonly base: number | null;
  readonly isTyped: boolean;
  change(changes: Changes): void;
  take(draft: Draft, start: { readonly saved: Draft; readonly base: number | null }): void;
}

export interface EditorProps {
  /** By which this browser keeps what is typed. */
  readonly name: string;
  readonly saved: Draft;
  readonly baseVersion: number | null;
  /** Whether it belongs to whoever edits it. */
  readonly isOwn: boolean;
  /** By which programs fetch it; null for one that is not saved. */
  readonly reference: string | null;
  /** The handle of whoever owns it; null for one of one's own. */
  readonly owner: string | null;
  /** Inputs that the prompt is known to have, to be offered. */
  readonly inputs?: readonly string[];
  readonly isSaving: boolean;
  readonly error: unknown;
  /** @throws SyntaxError where something is to be JSON and is none */
  save(state: EditorState): void;
  cancel(): void;
  /** Above all: about what it builds on. */
  above?: (state: EditorState) => ReactNode;
  /** Beside an error that it knows more of. */
  children?: (state: EditorState) => ReactNode;
}

/** All that is edited of a prompt. Whatever is typed stays in this browser until it is saved or dropped. */
export function Editor(props: EditorProps) {
  const { name, saved, baseVersion, isOwn, reference, owner, inputs = [], isSaving, error, save, cancel } = props;
  const [kept] = useState(() => readDraft<Draft>(name));
  const [draft, setDraft] = useState(() => (kept === null ? saved : keptDraft(saved, kept.value)));
  const [start, setStart] = useState({ saved, base: kept === null ? baseVersion : kept.baseVersion });
  const [isReminded, setReminded] = useState(kept !== null);
  /** Why what is written as JSON cannot be saved. */
  const [unread, setUnread] = useState<string | null>(null);
  const isChanged = !isSameDraft(draft, start.saved);
  const { base } = start;
  // Somebody else has saved meanwhile: what nobody has touched here becomes that; else the server says so when it is saved.
  if (!isChanged && base !== baseVersion) {
    setStart({ saved, base: baseVersion });
    setDraft(saved);
  }
  useEffect(() => {
    if (isChanged) keepDraft(name, { value: draft, baseVersion: base });
    else dropDraft(name);
  }, [name, draft, base, isChanged]);
  const change = (changes: Changes) => {
    setUnread(null);
    setDraft((before) => ({ ...before, ...(typeof changes === 'function' ? changes(before) : changes) }));
  };
  const state: EditorState = {
    draft,
    ...start,
    isTyped: isChanged,
    change,
    take: (next, begun) => {
      setStart(begun);
      setDraft(next);
    },
  };
  const faults = faultsOf(error);
  const faultOf = (field: string): string | undefined =>
    Object.entries(faults).find(([path]) => path === field || path.startsWith(`${field}.`))?.[1][0];
  const isOfForm = FIELDS.some((field) => faultOf(field));
  const form = (
    <form
      className="grid min-w-0 max-w-4xl grid-cols-[minmax(0,1fr)] gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        try {
          setUnread(null);
          save(state);
        } catch (cause) {
          if (!(cause instanceof SyntaxError)) throw cause;
          setUnread(cause.message);
        }
      }}
    >
      {props.above?.(state)}
      {isReminded && (
        <Notice>
          What you typed before and did not save is here again.{' '}
          <button
            type="button"
            className="font-semibold underline underline-offset-2"
            onClick={() => {
              setStart({ saved, base: baseVersion });
              setDraft(saved);
              setReminded(false);
            }}
          >
            Drop it
          </button>
        </Notice>
      )}
      <Field
        label="Title"
        dir="auto"
        value={draft.title}
        fault={faultOf('title')}
        onChange={({ target }) => change({ title: target.value })}
      />
      <TextField
        label="Description"
        hint="What it is for."
        required={false}
        dir="auto"
        rows={2}
        value={draft.description}
        fault={faultOf('description')}
        onChange={({ target }) => change({ description: target.value })}
      />
      <Text draft={draft} inputs={inputs} change={change} fault={faultOf('content')} error={error} />
      <DocumentsFields draft={draft} faultOf={faultOf} change={change} />
      <FiledFields draft={draft} isOwn={isOwn} isNew={reference === null} faultOf={faultOf} change={change} />
      {props.children?.(state) ?? (error !== null && !isOfForm && <Failure error={error} />)}
      <div className="sticky bottom-0 flex flex-wrap gap-2 border-t border-edge bg-page py-3">
        {unread !== null && (
          <div className="basis-full">
            <Notice kind="bad">{unread}</Notice>
          </div>
        )}
        <Button type="submit" look="first" disabled={isSaving}>
          {isSaving ? 'Saving …' : 'Save'}
        </Button>
        <Button onClick={cancel}>Cancel</Button>
        {isChanged && <p className="self-center text-sm text-quiet">Kept in this browser until you save it.</p>}
      </div>
    </form>
  );
  return (
    <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      {form}
      <Preview draft={draft} reference={reference} owner={owner} />
    </div>
  );
}

/** Beside which their faults stand. */
const FIELDS = [
  ...['title', 'description', 'content', 'messages', 'inputSchema', 'outputSchema', 'config'],
  ...['category', 'tags', 'slug', 'visibility'],
];

interface TextProps {
  readonly draft: Draft;
  readonly fault: string | undefined;
  readonly error: unknown;
  readonly inputs: readonly string[];
  change(changes: Changes): void;
}

function Text({ draft, fault, error, inputs, change }: TextProps) {
  const { messages } = draft;
  if (messages !== null) {
    return (
      <MessagesEditor
        messages={messages}
        error={error}
        inputs={inputs}
        change={(next) =>
          // A message may be put back once there are none any more.
          change((now) => (now.messages === null ? {} : { messages: next(now.messages) }))
        }
      />
    );
  }
  return (
    <div>
      <CodeField
        label="Content"
        hint="In Liquid: {{ ticket }} is an input."
        value={draft.content}
        fault={fault}
        inputs={inputs}
        change={(content) => change({ content })}
      />
      <Button
        look="bare"
        className="mt-1 -ms-3.5"
        onClick={() => change({ messages: [newMessage('user', draft.content)] })}
      >
        Make it a chat
      </Button>
    </div>
  );
}
