import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Suspense, useMemo } from 'react';
import { Link, useParams } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { compareAt, editAt, promptAt } from '../../addresses.ts';
import { libraryAt } from '../../library/library-search.ts';
import { buttonLook } from '../../ui/button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Loading, Typed } from '../../ui/page.tsx';
import { type CurrentPrompt, versionOf } from '../calls.ts';
import { IncludedList } from '../include/included-list.tsx';
import { useIncludedBy } from '../include/use-included.ts';
import { labelsOf } from '../labels/calls.ts';
import { LATEST } from '../labels/move-at.ts';
import { TryOut } from '../try/later-try-out.ts';
import { RestoreButton } from '../versions/restore-button.tsx';
import { WithPrompt } from '../with-prompt.tsx';
import { PromptText } from './prompt-text.tsx';
import { readVersion } from './read-version.ts';

export function PromptPage() {
  const { id = '' } = useParams();
  const version = readVersion(useSearch());
  return (
    <WithPrompt id={id}>
      {(prompt) => (
        <>
          {prompt.version > 1 && <Steps prompt={prompt} version={version ?? prompt.version} />}
          {version === undefined || version === prompt.version ? (
            <Reading prompt={prompt} text={prompt} />
          ) : (
            <EarlierVersion prompt={prompt} version={version} />
          )}
        </>
      )}
    </WithPrompt>
  );
}

/** To the version before and after the one that is read. */
const Steps = ({ prompt: { id, version: latest }, version }: { prompt: CurrentPrompt; version: number }) => (
  <nav aria-label="Version" className="-mt-3 mb-2 -ms-2.5 flex items-center gap-1 text-sm text-quiet">
    {version > 1 && (
      <Link
        href={promptAt(id, version - 1)}
        aria-keyshortcuts="["
        aria-label={`Version ${version - 1}`}
        title="The version before ([)"
        className={buttonLook('icon')}
      >
        <ChevronLeft aria-hidden size={18} />
      </Link>
    )}
    <span>
      Version {version} of {latest}
    </span>
    {version < latest && (
      <Link
        href={version + 1 === latest ? promptAt(id) : promptAt(id, version + 1)}
        aria-keyshortcuts="]"
        aria-label={`Version ${version + 1}`}
        title="The version after (])"
        className={buttonLook('icon')}
      >
        <ChevronRight aria-hidden size={18} />
      </Link>
    )}
  </nav>
);

function EarlierVersion({ prompt, version }: { prompt: CurrentPrompt; version: number }) {
  const { data, error, refetch } = useQuery(versionOf(prompt.id, version));
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading what={`Opening version ${version}`} />;
  return (
    <>
      <Notice>
        <p>
          This is version {version}, of which the title was “<Typed>{data.title}</Typed>”. The latest is{' '}
          <Link href={promptAt(prompt.id)} className="underline underline-offset-2">
            version {prompt.version}
          </Link>
          .
        </p>
        <div className="mt-2 -mb-1 -ms-3.5 flex flex-wrap">
          <Link href={compareAt(prompt.id, version, LATEST)} className={buttonLook('bare')}>
            Compare with the latest
          </Link>
          {prompt.permissions.canEdit && (
            <>
              <Link href={editAt(prompt.id, version)} className={buttonLook('bare')}>
                Edit from it
              </Link>
              <RestoreButton prompt={prompt} version={version} look="bare" />
            </>
          )}
        </div>
      </Notice>
      <div className="mt-4">
        <Reading prompt={prompt} text={data} />
      </div>
    </>
  );
}

type Text = Pick<
  CurrentPrompt,
  | 'content'
  | 'messages'
  | 'description'
  | 'config'
  | 'outputSchema'
  | 'signature'
  | 'templateFault'
  | 'inputConflicts'
  | 'version'
>;

function Reading({ prompt, text }: { prompt: CurrentPrompt; text: Text }) {
  const { included, inclusions, error, refetch } = useIncludedBy(prompt.ref, text);
  const tried = useMemo(() => ({ ...text, included }), [text, included]);
  return (
    <div className={`grid items-start gap-6 ${text.signature === null ? 'max-w-4xl' : 'xl:grid-cols-2'}`}>
      <section aria-label="The prompt" className="grid min-w-0 gap-4">
        <Facts prompt={prompt} />
        {text.description !== '' && (
          <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
            {text.description}
          </p>
        )}
        {text.templateFault !== null && <Notice kind="bad">It cannot be rendered: {text.templateFault.message}</Notice>}
        {text.inputConflicts.map(({ path, message }) => (
          <Notice key={path + message} kind="bad">
            {path}: {message}
          </Notice>
        ))}
        <PromptText content={text.content} messages={text.messages} />
        {error !== null && <Failure error={error} retry={() => void refetch()} />}
        <IncludedList inclusions={inclusions} />
      </section>
      {text.signature !== null && (
        <Suspense fallback={<Loading what="Getting the prompt language" />}>
          <TryOut
            key={text.version}
            text={tried}
            inputs={text.signature.inputs}
            reference={text.version === prompt.version ? prompt.ref : `${prompt.ref}#${text.version}`}
          />
        </Suspense>
      )}
    </div>
  );
}

const chip = 'inline-flex max-w-full items-center gap-1 rounded-full border border-edge bg-card px-2.5 py-0.5 text-xs';

/** What it is filed under, and where its labels point. */
function Facts({ prompt: { id, category, tags, isTemplate } }: { prompt: CurrentPrompt }) {
  const labels = useQuery(labelsOf(id)).data?.items.filter(({ version }) => version !== null) ?? [];
  if (category === null && tags.length + labels.length === 0 && !isTemplate) return null;
  return (
    <ul aria-label="Labels and tags" className="flex flex-wrap gap-2">
      {labels.map(({ label, version }) => (
        <li key={label} className={`${chip} bg-good-soft font-semibold`}>
          {label} → v{version}
        </li>
      ))}
      {isTemplate && <li className={chip}>Template</li>}
      {category !== null && (
        <li>
          <Link href={libraryAt({ category })} className={`${chip} hover:bg-hover`}>
            <Typed>{category}</Typed>
          </Link>
        </li>
      )}
      {tags.map((tag) => (
        <li key={tag}>
          <Link href={libraryAt({ tag: [tag] })} className={`${chip} hover:bg-hover`}>
            #<Typed>{tag}</Typed>
          </Link>
        </li>
      ))}
    </ul>
  );
}
