import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Notice } from '../../ui/notice.tsx';

/** A secret that the server shows this one time. */
export function ShownOnce({ value, close }: { value: string; close: () => void }) {
  return (
    <div className="grid gap-4 p-4">
      <Notice>Keep it now, where your program reads its secrets: it is not shown again.</Notice>
      <div className="flex items-center gap-2">
        <input
          aria-label="The key"
          readOnly
          value={value}
          onFocus={({ target }) => target.select()}
          className="min-h-11 min-w-0 flex-1 rounded-lg border border-line bg-page px-3 font-mono text-sm"
        />
        <CopyButton className="min-h-11" text={value} />
      </div>
      <Button look="first" className="justify-self-end" onClick={close}>
        I have kept it
      </Button>
    </div>
  );
}
