// "Do this?": what it means, and two buttons.

import type { Outcome } from '../../app/contract';
import { say } from '../../words/say';
import { Dialog } from './dialog';
import { useGesture } from './reading';

export function Confirm({
  title,
  hint,
  action,
  act,
  close,
}: {
  readonly title: string;
  readonly hint: string;
  // The words of the button that does it.
  readonly action: string;
  readonly act: () => Promise<Outcome>;
  readonly close: () => void;
}) {
  const run = useGesture();
  const go = async () => {
    if ((await run(act)) !== undefined) close();
  };
  return (
    <Dialog title={title} onClose={close}>
      <p className="measure">{hint}</p>
      <div className="bar-actions">
        <button type="button" className="primary" onClick={() => void go()}>
          {action}
        </button>
        <button type="button" onClick={close}>
          {say('common.cancel')}
        </button>
      </div>
    </Dialog>
  );
}
