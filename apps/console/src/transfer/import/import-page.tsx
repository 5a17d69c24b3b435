import { Upload } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { Link } from 'wouter';
import { addresses } from '../../addresses.ts';
import { countedPrompts } from '../../data/counted.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Title } from '../../ui/page.tsx';
import { TransferHead } from '../transfer-head.tsx';
import { chosenFiles, droppedFiles, type NamedFile } from './dropped.ts';
import { ImportOptions } from './import-options.tsx';
import { chosenRows, isNew } from './source.ts';
import { SourceList } from './source-list.tsx';
import { takeBack } from './take-back.ts';
import { useImport } from './use-import.ts';

/** Takes prompts in from files: what would become of each is shown first, and what was done can be taken back. */
export function ImportPage() {
  const transfer = useImport();
  const { sources, add } = transfer;
  return (
    <>
      <Title>Import</Title>
      <TransferHead />
      <DropZone add={add} isFirst={sources.length === 0}>
        {sources.length > 0 && <Chosen transfer={transfer} />}
      </DropZone>
    </>
  );
}

/** Files are dropped anywhere on it. */
function DropZone(props: { add: (files: readonly NamedFile[]) => void; isFirst: boolean; children: ReactNode }) {
  const { add, isFirst, children } = props;
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    // Whoever drops nothing has the button in it.
    // biome-ignore lint/a11y/noStaticElementInteractions: see above
    <div
      className="grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-5"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void droppedFiles(event.dataTransfer).then((files) => files.length > 0 && add(files));
      }}
    >
      <div
        className={`rounded-xl border-2 border-dashed px-4 text-center ${isFirst ? 'py-10' : 'py-4'} ${isOver ? 'border-accent bg-accent-soft' : 'border-line'}`}
      >
        {isFirst && (
          <>
            <Upload aria-hidden size={28} className="mx-auto text-quiet" />
            <p className="mt-3 font-semibold">Drop files or a folder here</p>
            <p className="mx-auto mt-1 mb-4 max-w-xl text-sm text-quiet">
              Tables as CSV, JSON or JSON lines; prompts of Langfuse, LangSmith, OpenAI, GitHub Models, Prompty and
              dotprompt; and what another Promptory has exported. Nothing is changed before you have seen what becomes
              of each prompt.
            </p>
          </>
        )}
        <Button look={isFirst ? 'first' : 'quiet'} onClick={() => input.current?.click()}>
          {isFirst ? 'Choose files' : 'Add files'}
        </Button>
        {!isFirst && <span className="ms-3 text-sm text-quiet">or drop them here</span>}
        <input
          ref={input}
          type="file"
          multiple
          aria-label="Files"
          tabIndex={-1}
          className="sr-only"
          onChange={({ target }) => {
            const files = chosenFiles(target.files);
            if (files.length > 0) add(files);
            // The same file again is chosen again.
            target.value = '';
          }}
        />
      </div>
      {children}
    </div>
  );
}

function Chosen({ transfer }: { transfer: ReturnType<typeof useImport> }) {
  const { sources, choices, choose, apply, clear } = transfer;
  const [isTakingBack, setTakingBack] = useState(false);
  const is = (state: string) => sources.some((source) => source.state === state);
  const imported = sources.filter(({ state }) => state === 'imported');
  const isDone = imported.length > 0 && !is('importing');
  const picked = sources.reduce((sum, source) => sum + chosenRows(source).length, 0);
  const done = imported.reduce((sum, { rows }) => sum + rows.filter(isNew).length, 0);
  const undo = async () => {
    setTakingBack(true);
    if (await takeBack(imported)) clear();
    setTakingBack(false);
  };
  return (
    <>
      {!isDone && <ImportOptions choices={choices} choose={choose} sources={sources} isDisabled={is('importing')} />}
      <SourceList transfer={transfer} isDone={isDone} />
      <div className="sticky bottom-0 flex flex-wrap items-center gap-2 border-t border-edge bg-page py-3">
        {isDone ? (
          <>
            <p className="me-2 font-semibold">
              {done === 0 ? 'Nothing is imported' : `${countedPrompts(done)} imported`}
            </p>
            {done > 0 && (
              <Button disabled={isTakingBack} onClick={() => void undo()}>
                {isTakingBack ? 'Taking it back …' : 'Undo the import'}
              </Button>
            )}
            <Button onClick={clear}>Import others</Button>
            <Link href={addresses.library} className={buttonLook('first')}>
              To the library
            </Link>
          </>
        ) : (
          <>
            <Button
              look="first"
              disabled={picked === 0 || is('checking') || is('importing')}
              onClick={() => void apply()}
            >
              {is('importing')
                ? 'Importing …'
                : is('checking')
                  ? 'Looking at the files …'
                  : picked === 0
                    ? 'Nothing to import'
                    : `Import ${countedPrompts(picked)}`}
            </Button>
            <Button disabled={is('importing')} onClick={clear}>
              Cancel
            </Button>
          </>
        )}
      </div>
    </>
  );
}
