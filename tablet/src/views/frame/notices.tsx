// What the app has to say over a page: a gesture that was not taken, another tab, a newer app, and
// the receipt of the last contact. None of them is a dialog: nobody is stopped in a lesson.

import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { Problem } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from './icons';
import { type Trouble, useApp, useGesture, useNow, useStore } from './reading';

// PIN problems have numbers, and are said by the PIN pad itself.
export function problemWords(problem: Problem): string {
  switch (problem.kind) {
    case 'disk':
      return say('waiting.cannotSave');
    case 'readOnly':
      return say('problem.readOnly');
    case 'offline':
      return say('problem.offline');
    case 'refused':
      if (problem.reason === 'pinWrong' || problem.reason === 'pinWait') {
        return say('problem.pinLocked');
      }
      return say(`problem.${problem.reason}`);
    case 'other':
      return problem.words;
    default:
      return problem satisfies never;
  }
}

export function TroubleNotice({ trouble }: { readonly trouble: Trouble | null }) {
  const app = useApp();
  const tablet = useStore(app.tablet);
  const header = useStore(app.header);
  const run = useGesture();
  if (trouble?.problem.kind === 'disk' || header.cannotSave) {
    return (
      <div className="notice stop trouble" role="alert">
        <Icon name="warning" />
        <p className="fill">{say('waiting.cannotSave')}</p>
        {trouble && (
          <button type="button" className="small" onClick={trouble.again}>
            {say('waiting.saveAgain')}
          </button>
        )}
      </div>
    );
  }
  if (tablet.otherTab) {
    return (
      <div className="notice ask trouble" role="status">
        <Icon name="tablet" />
        <p className="fill">{say('waiting.otherTab')}</p>
        <button type="button" className="small" onClick={() => void run(app.useThisTab)}>
          {say('waiting.useThisTab')}
        </button>
      </div>
    );
  }
  if (trouble) {
    return (
      <div className="notice ask trouble" role="alert">
        <Icon name="question" />
        <p className="fill">{problemWords(trouble.problem)}</p>
      </div>
    );
  }
  return null;
}

export function FetchingNotice() {
  const app = useApp();
  const { fetching } = useStore(app.tablet);
  if (!fetching) return null;
  return (
    <p className="notice info" role="status">
      {say('common.fetching', { k: fetching.done, n: fetching.of })}
    </p>
  );
}

// A newer app waits; the person says when.
export function NewerAppNotice() {
  const app = useApp();
  const { newerApp } = useStore(app.header);
  if (!newerApp) return null;
  return (
    <div className="notice info" role="status">
      <Icon name="up" />
      <p className="fill">{say('waiting.newerApp')}</p>
      <button type="button" className="small" onClick={() => app.reload()}>
        {say('waiting.reload')}
      </button>
    </div>
  );
}

// Shown for five seconds after a contact that combined something.
export function ReceiptToast() {
  const app = useApp();
  const [newest] = useStore(app.receipts);
  const [closed, setClosed] = useState('');
  const now = useNow(1000);
  const fresh =
    newest !== undefined &&
    !newest.seen &&
    newest.rows.length > 0 &&
    newest.id !== closed &&
    now - newest.atMs < 5_000;
  const id = fresh ? newest.id : null;
  useEffect(() => {
    if (!id) return;
    const timer = setTimeout(() => setClosed(id), 5_000);
    return () => clearTimeout(timer);
  }, [id]);
  return (
    <div role="status">
      {fresh && (
        <div className="toast">
          <span>{say('receipt.toast', { n: newest.rows.length })}</span>
          <Link href="/receipts" onClick={() => setClosed(newest.id)}>
            {say('receipt.open')}
          </Link>
        </div>
      )}
    </div>
  );
}
