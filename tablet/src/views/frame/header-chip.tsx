// The chip of every screen: how much is unsent and since when. A tap opens what is waiting.

import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { Header } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from './icons';
import { useApp, useStore, useWhen } from './reading';

export function headerWords(header: Header, dateTime: (ms: number) => string): string {
  if (header.puttingBack) return say('header.puttingBack', header.puttingBack);
  if (header.sending) return say('header.sending', header.sending);
  if (header.unsent > 0) {
    const since = { n: header.unsent, time: dateTime(header.oldestMs ?? 0) };
    return say(header.online ? 'header.unsent' : 'header.offlineUnsent', since);
  }
  if (header.colleagues) {
    const { people: n, oldestDays: days } = header.colleagues;
    return say(header.online ? 'header.colleagues' : 'header.offlineColleagues', { n, days });
  }
  return say(header.online ? 'header.stored' : 'header.offlineStored');
}

// `compact`: beside the chips of a sheet; on a narrow tablet as the number alone. Read out in full.
export function HeaderChip({ compact = false }: { readonly compact?: boolean }) {
  const app = useApp();
  const header = useStore(app.header);
  const when = useWhen();
  const words = headerWords(header, when.dateTime);
  const isMoving = header.sending !== null || header.puttingBack !== null;
  const stored = header.unsent === 0 && header.colleagues === null && !isMoving;
  const icon = isMoving
    ? 'up'
    : !header.online
      ? 'offline'
      : stored
        ? 'cylinder'
        : compact
          ? 'up'
          : 'tablet';
  const short = header.unsent || header.colleagues?.people || say('header.storedShort');
  return (
    <>
      <Link
        href="/waiting"
        id="to-waiting"
        className="chip-link"
        aria-label={`${words}. ${say('header.open')}`}
      >
        <span className={`chip ${stored && header.online ? 'ok' : ''}`}>
          <Icon name={icon} />
          <span className={compact ? 'chip-long' : ''}>{words}</span>
          {compact && <span className="chip-short">{short}</span>}
        </span>
      </Link>
      <Announcer words={words} />
    </>
  );
}

// Read out politely, and at most every ten seconds: a count that runs must not talk over a lesson.
function Announcer({ words }: { readonly words: string }) {
  const [said, setSaid] = useState(words);
  const lastMs = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, lastMs.current + 10_000 - performance.now());
    const timer = setTimeout(() => {
      lastMs.current = performance.now();
      setSaid(words);
    }, wait);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <span className="visually-hidden" role="status">
      {said}
    </span>
  );
}
