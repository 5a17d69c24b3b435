import { Lock } from 'lucide-react';

/** The name of a label, as it stands at a version. */
export const LabelChip = ({ isProtected = false, children }: { isProtected?: boolean; children: string }) => (
  <span className="inline-flex max-w-full items-center gap-1 rounded-full bg-good-soft px-2 py-0.5 text-xs font-semibold wrap-anywhere">
    {children}
    {isProtected && <Lock aria-label="protected" size={11} />}
  </span>
);
