// A small form over the page. It stays, with what was typed, until it is on disk or somebody closes it.

import { type ReactNode, useState } from 'react';
import type { Outcome } from '../../app/contract';
import { say } from '../../words/say';
import { Dialog } from '../frame/dialog';
import { useGesture } from '../frame/reading';
import './forms.css';

export function FormDialog({
  title,
  ready,
  save,
  saveWords = say('form.save'),
  onClose,
  children,
}: {
  readonly title: string;
  // What is needed is there.
  readonly ready: boolean;
  readonly save: () => Promise<Outcome<unknown>>;
  readonly saveWords?: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const run = useGesture();
  // A finger that taps twice saves once.
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (!ready || busy) return;
    setBusy(true);
    const saved = await run(async () => {
      const outcome = await save();
      return outcome.ok ? ({ ok: true, value: true } as const) : outcome;
    });
    setBusy(false);
    if (saved) onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="column"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {children}
        <div className="bar-actions">
          <button type="submit" className="primary" disabled={!ready || busy}>
            {saveWords}
          </button>
          <button type="button" className="quiet" onClick={onClose}>
            {say('common.close')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
