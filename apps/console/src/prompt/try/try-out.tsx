import { useState } from 'react';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Notice } from '../../ui/notice.tsx';
import type { Rendered, Version } from '../language/questions.ts';
import { useRendered } from '../language/use-rendered.ts';
import { PromptText } from '../read/prompt-text.tsx';
import { type InputSchema, inputFields, type TypedInputs, valuesOf } from './input-fields.ts';
import { InputForm } from './input-form.tsx';
import { codeOf, type Language, languages, type Maker, makerNames, requestTo } from './ways.ts';

type Text = Pick<Version, 'content' | 'messages' | 'config' | 'outputSchema' | 'included'>;

interface TryOutProps {
  readonly text: Text;
  readonly inputs: InputSchema;
  /** By which programs fetch it; null for one that is not saved. */
  readonly reference: string | null;
}

/** In which way what the prompt says is shown. */
type Way = 'said' | Maker | Language;

/** A form for what the prompt takes, and beside it what it says with that, by the engine that the server has too. */
export function TryOut({ text, inputs, reference }: TryOutProps) {
  const fields = inputFields(inputs);
  const [typed, setTyped] = useState<TypedInputs>({});
  const [way, setWay] = useState<Way>('said');
  const { values, faults } = valuesOf(fields, typed);
  const rendered = useRendered(text, { values, inputs });
  const faultOf = (name: string): string | undefined =>
    typed[name] === undefined ? undefined : (faults.get(name) ?? rendered?.faults?.[name]);
  return (
    <section aria-label="Try it out" className="grid min-w-0 gap-4 xl:sticky xl:top-4">
      {fields.length > 0 && (
        <div className="rounded-xl border border-edge bg-card p-4">
          <h2 className="mb-3 font-semibold">Inputs</h2>
          <InputForm
            fields={fields}
            typed={typed}
            faultOf={faultOf}
            change={(name, value) => setTyped((before) => ({ ...before, [name]: value }))}
          />
        </div>
      )}
      <div className="min-w-0">
        <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
          <h2 className="font-semibold">What it says</h2>
          <WayField way={way} hasCode={reference !== null} choose={setWay} />
        </div>
        <div aria-live="polite">
          <Shown way={way} text={text} rendered={rendered} code={(language) => codeIn(language, reference, values)} />
        </div>
      </div>
    </section>
  );
}

const codeIn = (language: Language, reference: string | null, values: Readonly<Record<string, unknown>>): string =>
  codeOf(language, { reference: reference ?? '', values, server: window.location.origin });

const isLanguage = (way: Way): way is Language => languages.some((language) => language === way);

function Shown(props: { way: Way; text: Text; rendered: Rendered | null; code: (language: Language) => string }) {
  const { way, text, rendered, code } = props;
  // Code is of use before anything is filled in.
  if (isLanguage(way)) return <Code text={code(way)} />;
  if (rendered === null) return null;
  if (rendered.said === null) return <Notice kind="plain">{rendered.why}</Notice>;
  const { content, messages } = rendered.said;
  if (content === '' && messages === null) return <Notice kind="plain">Nothing yet.</Notice>;
  if (way === 'said') return <PromptText content={content} messages={messages} />;
  const { config, outputSchema } = text;
  const request = requestTo(way, { text: messages === null ? content : null, messages, config, outputSchema });
  return 'json' in request ? <Code text={request.json} /> : <Notice kind="plain">{request.why}</Notice>;
}

function WayField({ way, hasCode, choose }: { way: Way; hasCode: boolean; choose: (way: Way) => void }) {
  const ways: readonly Way[] = ['said', ...makerNames, ...(hasCode ? languages : [])];
  const named = (names: readonly Way[]) =>
    names.map((name) => (
      <option key={name} value={name}>
        {name}
      </option>
    ));
  return (
    <select
      aria-label="Shown as"
      value={way}
      onChange={({ target }) => choose(ways.find((name) => name === target.value) ?? 'said')}
      className="min-h-10 rounded-lg border border-line bg-card px-2 text-sm"
    >
      <option value="said">Messages</option>
      <optgroup label="A request to">{named(makerNames)}</optgroup>
      {hasCode && <optgroup label="Code of a program">{named(languages)}</optgroup>}
    </select>
  );
}

const Code = ({ text }: { text: string }) => (
  <div className="rounded-xl border border-edge bg-card">
    <pre dir="ltr" className="overflow-x-auto p-4 font-mono text-sm leading-relaxed whitespace-pre-wrap wrap-anywhere">
      {text}
    </pre>
    <div className="border-t border-edge p-2">
      <CopyButton text={text} />
    </div>
  </div>
);
