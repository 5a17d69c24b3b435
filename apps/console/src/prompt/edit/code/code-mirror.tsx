import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { liquid } from '@codemirror/lang-liquid';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, type Text } from '@codemirror/state';
import { drawSelection, EditorView, keymap } from '@codemirror/view';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Checked } from '../../language/questions.ts';
import { colours } from './colours.ts';
import { completionsOf, type Known } from './completions.ts';
import { lineDirections } from './line-directions.ts';
import { tabKeys } from './tab-keys.ts';
import { typedOver } from './typed-over.ts';
import { html } from './words.ts';

export interface CodeMirrorProps {
  readonly label: string;
  readonly describedBy: string;
  readonly isInvalid: boolean;
  readonly isLow: boolean;
  readonly value: string;
  readonly fault: Checked['fault'];
  readonly known: Known;
  /** What was chosen in the text area that it takes the place of, where that had the focus. */
  readonly begun: { readonly from: number; readonly to: number } | null;
  change(value: string): void;
}

/**
 * The policy of the page takes no styles that an element holds. CodeMirror makes sheets that are adopted for shadow trees only: what
 * it keeps them in is given to the document too.
 */
function adoptStyles(): void {
  const shadow = document.createElement('div').attachShadow({ mode: 'open' });
  new EditorView({ root: shadow, parent: shadow }).destroy();
  for (const key of Object.getOwnPropertySymbols(shadow)) Reflect.set(document, key, Reflect.get(shadow, key));
}

adoptStyles();

/** The word at the place of a fault, or what is there. */
function diagnosticOf(doc: Text, { message, line, column }: NonNullable<Checked['fault']>): Diagnostic {
  const at = doc.line(Math.min(line, doc.lines));
  const from = Math.min(at.from + column - 1, at.to);
  const [word = ''] = /^[^\s]+/.exec(at.text.slice(from - at.from)) ?? [];
  return { from, to: Math.max(from + word.length, Math.min(from + 1, doc.length)), severity: 'error', message };
}

type Named = Pick<CodeMirrorProps, 'label' | 'describedBy' | 'isInvalid'>;

const attributesOf = ({ label, describedBy, isInvalid }: Named) =>
  EditorView.contentAttributes.of({
    'aria-label': label,
    'aria-describedby': describedBy,
    'aria-invalid': String(isInvalid),
    spellcheck: 'false',
    autocapitalize: 'off',
  });

/** A text in Liquid, with colours, completion and its faults. */
export default function CodeMirror(props: CodeMirrorProps) {
  const { label, describedBy, isInvalid, isLow, value, fault, known } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const [attributes] = useState(() => new Compartment());
  const began = useRef(props);
  const offered = useRef(known);
  /** What was typed here and has not come back yet as the value. */
  const typed = useRef<string[]>([]);
  const change = useEffectEvent((text: string) => {
    typed.current.push(text);
    props.change(text);
  });
  useEffect(() => {
    offered.current = known;
  }, [known]);
  useEffect(() => {
    const { value: doc, begun } = began.current;
    const created = new EditorView({
      parent: host.current ?? document.body,
      state: EditorState.create({
        doc,
        ...(begun === null ? {} : { selection: { anchor: begun.from, head: begun.to } }),
        extensions: [
          history(),
          drawSelection(),
          EditorView.lineWrapping,
          lineDirections,
          // Its keys stand below, behind those for Tab.
          autocompletion({ override: [completionsOf(() => offered.current)], icons: false, defaultKeymap: false }),
          keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
          tabKeys,
          typedOver,
          liquid({ base: html() }).language,
          colours,
          attributes.of(attributesOf(began.current)),
          EditorView.updateListener.of(({ docChanged, state, transactions }) => {
            if (docChanged && !transactions.some((one) => one.isUserEvent('set'))) change(state.doc.toString());
          }),
        ],
      }),
    });
    view.current = created;
    if (begun !== null) created.focus();
    return () => created.destroy();
  }, [attributes]);
  useEffect(() => {
    const back = typed.current.indexOf(value);
    typed.current = back === -1 ? [] : typed.current.slice(back + 1);
    const { current } = view;
    // What comes back late is older than what stands here.
    if (back !== -1 || current === null || current.state.doc.toString() === value) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value }, userEvent: 'set' });
  }, [value]);
  useEffect(() => {
    view.current?.dispatch({ effects: attributes.reconfigure(attributesOf({ label, describedBy, isInvalid })) });
  }, [attributes, label, describedBy, isInvalid]);
  useEffect(() => {
    const { current } = view;
    current?.dispatch(setDiagnostics(current.state, fault === null ? [] : [diagnosticOf(current.state.doc, fault)]));
  }, [fault]);
  return <div ref={host} className={`rounded-[inherit] ${isLow ? 'is-low' : ''}`} />;
}
