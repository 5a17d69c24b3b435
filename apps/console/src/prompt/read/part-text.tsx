import { LongText } from './long-text.tsx';

type Part = { readonly type: string } & Readonly<Record<string, unknown>>;

/** What a part is called that says more than a text. */
const titles = new Map([
  ['image', 'Image'],
  ['audio', 'Audio'],
  ['file', 'File'],
  ['tool_call', 'Tool call'],
  ['tool_result', 'Tool result'],
]);

/** What each member says, beside the text or the JSON of it. */
const labels = new Map([
  ['url', 'Address'],
  ['mediaType', 'Media type'],
  ['detail', 'Detail'],
  ['name', 'Name'],
  ['id', 'Call'],
  ['isError', 'It failed'],
]);

/** Of a call and its result another one is the name. */
const labelOf = (type: string, name: string): string =>
  name === 'name' && type !== 'file' ? 'Tool' : (labels.get(name) ?? name);

const saidOf = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Members that are shown as they are written, below the others. */
const BODIES = ['arguments', 'content'];

/** A part of a message as people read it; one of a type that is not known here as JSON. Nothing of it is fetched. */
export function PartText({ part }: { part: Part }) {
  if (part.type === 'text' && typeof part.text === 'string') return <Body value={part.text} />;
  const title = titles.get(part.type);
  if (title === undefined) return <Body value={part} />;
  const members = Object.entries(part).filter(([name]) => name !== 'type');
  const facts = members.filter(([name]) => !BODIES.includes(name));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <p className="text-xs font-semibold text-quiet">{title}</p>
      {facts.length > 0 && (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 text-sm">
          {facts.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-quiet">{labelOf(part.type, name)}</dt>
              <dd dir="auto" className="font-mono wrap-anywhere">
                <Fact value={saidOf(value)} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {members
        .filter(([name]) => BODIES.includes(name))
        .map(([name, value]) => (
          <Body key={name} value={value} />
        ))}
    </div>
  );
}

/** Characters of an address that are shown at once: one may hold all that it names. */
const SHOWN = 120;

const Fact = ({ value }: { value: string }) =>
  value.length <= SHOWN ? (
    value
  ) : (
    <details>
      <summary>
        <span className="break-all">{value.slice(0, SHOWN)}</span> …{' '}
        <span className="text-quiet">({value.length} characters)</span>
      </summary>
      {value.slice(SHOWN)}
    </details>
  );

const Body = ({ value }: { value: unknown }) => (
  <LongText text={typeof value === 'string' ? value : JSON.stringify(value, null, 2)} />
);
