import type { TextMark } from '@promptory/client';

/** A text with what was searched for in it. */
export function MarkedText({ text, marks = [] }: { text: string; marks?: readonly TextMark[] | undefined }) {
  let from = 0;
  const pieces = marks.flatMap(({ start, end }) => {
    const before = text.slice(from, start);
    from = end;
    return [before, <mark key={start}>{text.slice(start, end)}</mark>];
  });
  return (
    <bdi className="wrap-anywhere">
      {pieces}
      {text.slice(from)}
    </bdi>
  );
}
