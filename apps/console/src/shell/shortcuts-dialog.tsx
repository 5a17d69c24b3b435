import { Dialog } from '../ui/dialog.tsx';
import { shortcuts } from './shortcuts.ts';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function ShortcutsDialog({ close }: { close: () => void }) {
  return (
    <Dialog title="Keys" close={close}>
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-6 gap-y-2 p-5 text-sm">
        {Object.entries(shortcuts).map(([key, does]) => (
          <div key={key} className="contents">
            <dt>
              <kbd>{key === 'mod+k' ? (isMac ? '⌘ K' : 'Ctrl K') : key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
