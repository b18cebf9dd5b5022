// A dialog of the browser's own: it holds the focus, gives it back, and Esc means later.

import { type ReactNode, useEffect, useId, useRef } from 'react';
import { say } from '../../words/say';
import { Icon } from './icons';

export function Dialog({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (!element.open) element.showModal();
    return () => element.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="column">
        <div className="row">
          <h2 id={titleId} className="fill">
            {title}
          </h2>
          <button type="button" className="icon" aria-label={say('common.close')} onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
