import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';

/** A secret that the server shows this one time. */
export function ShownOnce({ value, close }: { value: string; close: () => void }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      // Not allowed here: it can be selected.
      setCopied(false);
    }
  };
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
        <Button className="min-h-11" onClick={() => void copy()}>
          {isCopied ? <Check aria-hidden size={16} /> : <Copy aria-hidden size={16} />}
          <span aria-live="polite">{isCopied ? 'Copied' : 'Copy'}</span>
        </Button>
      </div>
      <Button look="first" className="justify-self-end" onClick={close}>
        I have kept it
      </Button>
    </div>
  );
}
