import { Globe, Lock, Tag } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { editAt, promptAt, versionsAt } from '../addresses.ts';
import { FavoriteButton } from '../library/favorite-button.tsx';
import { Button } from '../ui/button.tsx';
import { Typed } from '../ui/page.tsx';
import { Time } from '../ui/time.tsx';
import type { CurrentPrompt } from './calls.ts';
import { DeleteButton } from './delete-button.tsx';
import { DuplicateButton } from './duplicate-button.tsx';
import { PRODUCTION } from './labels/move-at.ts';
import { useMoveDialog } from './labels/use-move-dialog.ts';
import { readVersion } from './read/read-version.ts';

const tab =
  'border-b-2 border-transparent px-1 py-2.5 text-sm font-semibold text-quiet hover:text-text aria-[current=page]:border-accent aria-[current=page]:text-text';

/** Characters of a title that has its lines to itself where it is narrow. */
const LONG = 50;

/** What stands above every page of a prompt. */
export function PromptHead({ prompt }: { prompt: CurrentPrompt }) {
  const { id, title, owner, ref, version, updatedAt, visibility, permissions } = prompt;
  return (
    <header>
      <div className="flex flex-wrap items-start justify-end gap-1 sm:flex-nowrap">
        <h1
          className={`min-w-0 flex-1 text-2xl font-semibold tracking-tight text-balance ${title.length > LONG ? 'max-sm:basis-full' : ''}`}
        >
          <Typed>{title}</Typed>
        </h1>
        {permissions.canEdit && <MoveButton />}
        <DuplicateButton key={id} prompt={prompt} />
        {permissions.canDelete && <DeleteButton prompt={prompt} />}
        <FavoriteButton prompt={prompt} />
      </div>
      <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-quiet">
        <Typed>{owner.name}</Typed>
        <code className="font-mono text-xs wrap-anywhere">{ref}</code>
        <span className="inline-flex items-center gap-1">
          {visibility === 'public' ? <Globe aria-hidden size={14} /> : <Lock aria-hidden size={14} />}
          {visibility === 'public' ? 'Public' : 'Private'}
        </span>
        <span>
          Version {version}, <Time at={updatedAt} />
        </span>
      </p>
      <nav aria-label="Prompt" className="mt-3 flex gap-3 overflow-x-auto border-b border-edge sm:gap-5">
        <Tab href={promptAt(id)}>Read</Tab>
        {permissions.canEdit && (
          <Tab href={editAt(id)} shortcut="e">
            Edit
          </Tab>
        )}
        <Tab href={versionsAt(id)}>Versions</Tab>
        {version > 1 && <Tab href={`${promptAt(id)}/compare`}>Compare</Tab>}
        {permissions.canDelete && <Tab href={`${promptAt(id)}/usage`}>Usage</Tab>}
      </nav>
    </header>
  );
}

/** Of the version that is read, or else of the latest. */
function MoveButton() {
  const version = readVersion(useSearch());
  const { ask } = useMoveDialog();
  return (
    <Button
      look="icon"
      aria-label="Move a label"
      aria-keyshortcuts="l"
      title="Move a label (l)"
      onClick={() => ask({ label: PRODUCTION, to: version })}
    >
      <Tag aria-hidden size={18} />
    </Button>
  );
}

function Tab({ href, shortcut, children }: { href: string; shortcut?: string; children: string }) {
  const [path] = useLocation();
  return (
    <Link href={href} aria-current={path === href ? 'page' : undefined} aria-keyshortcuts={shortcut} className={tab}>
      {children}
    </Link>
  );
}
