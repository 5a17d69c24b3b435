import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Notice } from '../../ui/notice.tsx';

/** Codes that the server shows this one time. */
export function KeepCodes({ codes, close }: { codes: readonly string[]; close: () => void }) {
  return (
    <div className="grid gap-4 p-4">
      <Notice>
        Keep them where you find them without your phone. Each signs you in once in the place of a code, and they are
        not shown again.
      </Notice>
      <ul aria-label="Recovery codes" className="grid grid-cols-1 gap-x-6 gap-y-1 font-mono text-sm sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap justify-end gap-2">
        <CopyButton text={codes.join('\n')} />
        <Button look="first" autoFocus onClick={close}>
          I have kept them
        </Button>
      </div>
    </div>
  );
}
