// What is waiting, said in a sentence, with what may be done about it.

import { useState } from 'react';
import { Link } from 'wouter';
import type { WaitingNotice } from '../../app/contract';
import { say } from '../../words/say';
import { lengthWords } from '../../words/when';
import { Icon } from '../frame/icons';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { declinedWords } from '../visit/declined';

export function noticeKey(notice: WaitingNotice): string {
  switch (notice.kind) {
    case 'refused':
      return `refused ${notice.visitId} ${notice.reason}`;
    case 'declined':
      return `declined ${notice.visitId} ${notice.what}`;
    case 'scopeEnded':
      return `scopeEnded ${notice.department}`;
    default:
      return notice.kind;
  }
}

export function Notice({ notice }: { readonly notice: WaitingNotice }) {
  const when = useWhen();
  const words = () => {
    switch (notice.kind) {
      case 'old':
        return say('waiting.old', { date: when.date(notice.sinceMs) });
      case 'serverBusy':
        return say('waiting.serverBusy', { seconds: notice.seconds });
      case 'signInEnded':
        return say('waiting.signInEnded');
      case 'clock':
        return say('waiting.clockWrong', {
          amount: lengthWords(notice.minutes),
          way: notice.minutes > 0 ? 'fast' : 'slow',
          visits: notice.visits,
        });
      case 'restored': {
        const { fromMs, k, n } = notice;
        if (fromMs === null) return say('waiting.restoredUndated', { k, n });
        return say('waiting.restored', { date: when.date(fromMs), k, n });
      }
      case 'refused':
        return say('waiting.refused', { reason: say(`reason.${notice.reason}`) });
      case 'declined':
        return `${notice.title}: ${declinedWords(notice)}`;
      case 'leaseOver':
        return say('waiting.leaseOver', { date: when.date(notice.sinceMs) });
      case 'scopeEnded':
        return say('waiting.scopeEnded', {
          department: notice.department,
          date: when.date(notice.dateMs),
        });
      default:
        return notice satisfies never;
    }
  };
  const mine = ['old', 'clock', 'signInEnded', 'declined', 'leaseOver'].includes(notice.kind);
  return (
    <div className={`notice ${mine ? 'ask' : ''}`}>
      <Icon name={notice.kind === 'clock' ? 'clock' : 'tablet'} />
      <p className="measure fill">{words()}</p>
      {(notice.kind === 'refused' || notice.kind === 'declined') && notice.visitId && (
        <Link href={`/visits/${notice.visitId}`} className="link">
          {say('waiting.open')}
        </Link>
      )}
      {notice.kind === 'signInEnded' && <SignInLink />}
    </div>
  );
}

function SignInLink() {
  const app = useApp();
  const [asked, setAsked] = useState(false);
  const run = useGesture();
  return (
    <button
      type="button"
      className="small"
      disabled={asked}
      onClick={() => {
        setAsked(true);
        void run(() => app.switchPerson());
      }}
    >
      {say('signIn.go')}
    </button>
  );
}

// Over the lists: why something that was there is not, or not yet again.
export function EndedNotices() {
  const app = useApp();
  const { notices } = useStore(app.waiting);
  return notices
    .filter(({ kind }) => ['leaseOver', 'scopeEnded', 'restored'].includes(kind))
    .map((notice) => <Notice key={noticeKey(notice)} notice={notice} />);
}
