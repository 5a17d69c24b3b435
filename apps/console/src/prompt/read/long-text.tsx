import { useState } from 'react';
import { Button } from '../../ui/button.tsx';

const pre = 'font-mono text-sm leading-relaxed whitespace-pre-wrap wrap-anywhere';

/** Characters of a text that is shown as a whole: a longer one hides for screens what stands below it. */
const WHOLE = 20_000;

/** A text as it is written. Of a very long one the beginning is shown, until somebody asks for all of it; it is all there to be found. */
export function LongText({ text, className = '' }: { text: string; className?: string }) {
  const [isOpen, setOpen] = useState(text.length <= WHOLE);
  const isLong = text.length > WHOLE;
  return (
    <>
      <pre dir="auto" className={`${pre} ${className} ${isOpen ? '' : 'max-h-[60vh] overflow-y-hidden'}`}>
        {text}
      </pre>
      {isLong && (
        <div className="border-t border-edge p-1">
          <Button look="bare" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}
          </Button>
        </div>
      )}
    </>
  );
}
