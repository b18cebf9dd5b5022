// The sheet: write what happens without looking down for long. Everything is saved as it is made.

import { useCallback, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Sheet, Visit } from '../../app/contract';
import { list, say } from '../../words/say';
import { Dialog } from '../frame/dialog';
import { HeaderChip } from '../frame/header-chip';
import { Icon } from '../frame/icons';
import { PageHeader, Part } from '../frame/page';
import { useApp, useGesture, useLatest, useNow, useStore, useWhen } from '../frame/reading';
import { ChipButton, keptWords } from '../frame/state-chips';
import { WhoChip } from '../frame/who-chip';
import { LetJoin } from '../together/offer';
import { OfferWaits } from '../visits/offer-waits';
import { DeclinedNotices } from './declined';
import { Finish } from './finish';
import { KeyList } from './keys';
import { Elements } from './sheet-elements';
import { Notes } from './sheet-notes';
import { PraisePane } from './sheet-praise';
import { Tools } from './sheet-tools';
import { undoWords } from './undo-words';
import './sheet.css';

export function SheetScreen({ visit, sheet }: { readonly visit: Visit; readonly sheet: Sheet }) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  const settings = useStore(app.settings);
  const [, go] = useLocation();
  const [openElement, setOpenElement] = useState(visit.elements[0]?.number ?? 0);
  const [dialog, setDialog] = useState<'finish' | 'keys' | null>(null);
  const [pane, setPane] = useState<'notes' | 'elements'>('notes');
  const kept = keptWords(visit.kept, when);
  const keptAt = 'at' in visit.kept && visit.kept.at.kind === 'at' ? visit.kept.at.ms : null;

  const step = useCallback(
    (by: number) => {
      const at = visit.elements.findIndex((one) => one.number === openElement);
      const next = visit.elements[(at + by + visit.elements.length) % visit.elements.length];
      if (next) setOpenElement(next.number);
    },
    [visit.elements, openElement],
  );

  useSheetKeys(settings.keys, {
    note: () => focusOn('composer'),
    praise: () => focusOn('own-words'),
    level: (level) => {
      const element = visit.elements.find((one) => one.number === openElement);
      const known = level === 0 || element?.levels.some((one) => one.number === level);
      if (visit.graded && known) {
        void run(() => app.rate(visit.id, openElement, level));
      }
    },
    step,
    link: () => {
      const last = sheet.notes.at(-1);
      if (last) {
        const element = last.element === openElement ? null : openElement;
        void run(() => app.linkNote(visit.id, last.id, element));
      }
    },
    tally: () => {
      const [first] = sheet.tallies;
      if (first) void run(() => app.tick(visit.id, first.code));
    },
    look: () => focusOn('look'),
    undo: () => void run(() => app.undo(visit.id)),
    // An offer of help is handed in by saying that one has spoken.
    finish: () => !visit.offerWaits && setDialog('finish'),
    keys: () => setDialog('keys'),
    go,
  });

  const { state } = visit.shown;
  const handedIn = sheet.submitted || state === 'willShare' || state === 'willSubmit';
  const undo = visit.undo ? say('common.undo', { what: undoWords(visit.undo) }) : '';
  return (
    <div className="sheet-page" data-pane={pane}>
      <PageHeader
        title={[visit.teacher?.name ?? say(`kind.${visit.kind}`), classWords(visit)]
          .filter(Boolean)
          .join(' · ')}
        subtitle={<Subtitle visit={visit} />}
        back={{ to: '/today', place: say('nav.today') }}
        chip={false}
      >
        <WhoChip facts={visit.who}>
          <LetJoin visit={visit} />
        </WhoChip>
        <ChipButton words={kept} {...(keptAt === null ? {} : { suffix: when.time(keptAt) })} />
        <HeaderChip compact />
        <button
          type="button"
          className="icon"
          aria-label={undo || say('common.undoNothing')}
          title={undo}
          disabled={!visit.undo}
          onClick={() => void run(() => app.undo(visit.id))}
        >
          <Icon name="undo" />
        </button>
        {visit.offerWaits ? null : handedIn ? (
          <Link
            href={`/visits/${visit.id}/${visit.team ? 'team' : 'feedback'}`}
            className="button primary"
          >
            {say(visit.team ? 'team.open' : 'sheet.openFeedback')}
          </Link>
        ) : (
          <button type="button" className="primary" onClick={() => setDialog('finish')}>
            {say('sheet.finish')}
          </button>
        )}
      </PageHeader>
      <OfferWaits visit={visit} />
      <SheetNotices visit={visit} />
      {!sheet.submitted && <Restored visit={visit} keptMs={keptAt} />}
      <div className="pane-choice">
        <div className="segments" role="radiogroup" aria-label={say('sheet.focus.notes')}>
          {(['notes', 'elements'] as const).map((one) => (
            <label key={one}>
              <input
                className="hidden-input"
                type="radio"
                name="pane"
                checked={pane === one}
                onChange={() => setPane(one)}
              />
              {say(`sheet.${one}`)}
            </label>
          ))}
        </div>
      </div>
      <main id="page" tabIndex={-1} className="sheet">
        <section className="sheet-left" aria-label={say('sheet.notes')}>
          <Part>
            <PraisePane visit={visit} sheet={sheet} openElement={openElement} />
            <Notes visit={visit} sheet={sheet} openElement={openElement} />
          </Part>
        </section>
        <section className="sheet-right" aria-label={say('sheet.elements')}>
          <Part>
            <Elements
              visit={visit}
              sheet={sheet}
              open={openElement}
              setOpen={setOpenElement}
              step={step}
            />
            <Tools visit={visit} sheet={sheet} />
          </Part>
        </section>
      </main>
      {dialog === 'finish' && <Finish visit={visit} sheet={sheet} close={() => setDialog(null)} />}
      {dialog === 'keys' && (
        <Dialog title={say('keys.title')} onClose={() => setDialog(null)}>
          <KeyList />
        </Dialog>
      )}
    </div>
  );
}

function classWords(visit: Visit): string {
  return [visit.classCode, visit.subject].filter(Boolean).join(' ');
}

function Subtitle({ visit }: { readonly visit: Visit }) {
  const now = useNow(20_000);
  const running = visit.startedMs === null ? 0 : Math.floor((now - visit.startedMs) / 60_000);
  return (
    <span className="sheet-about">
      <span className="sheet-place">
        {[say(`kind.${visit.kind}`), visit.room && say('common.room', { room: visit.room })]
          .filter(Boolean)
          .join(' · ')}
      </span>
      {running > 0 && running < 180 && (
        <span className="sheet-minutes"> · {say('sheet.minutesIn', { n: running })}</span>
      )}
    </span>
  );
}

// Sheets that have said it since the app was opened.
const restored = new Set<string>();
const restoredMs = 8_000;
const lessonIsOverMs = 3 * 3_600_000;

// After a reload or a battery that died in a lesson: what was written before is here, and up to when.
function Restored({ visit, keptMs }: { readonly visit: Visit; readonly keptMs: number | null }) {
  const when = useWhen();
  const { id, startedMs } = visit;
  const [said, setSaid] = useState(() => {
    const inLesson = startedMs !== null && when.now - startedMs < lessonIsOverMs;
    const before = keptMs !== null && keptMs < performance.timeOrigin;
    return inLesson && before && !restored.has(id) ? keptMs : null;
  });
  useEffect(() => {
    restored.add(id);
    const timer = setTimeout(() => setSaid(null), restoredMs);
    return () => clearTimeout(timer);
  }, [id]);
  return (
    <div role="status">
      {said !== null && (
        <p className="toast high">{say('sheet.restored', { time: when.dateTime(said) })}</p>
      )}
    </div>
  );
}

function SheetNotices({ visit }: { readonly visit: Visit }) {
  const others = visit.observers
    .filter((one) => one.id !== visit.mySheet?.author.id && !one.excused)
    .map((one) => one.name);
  return (
    <>
      <DeclinedNotices visit={visit} />
      {visit.undecided.map((choice) => (
        <p key={choice.questionId} className="notice ask sheet-notice">
          <Icon name="question" />
          <Link href={`/questions/${choice.questionId}`} className="link">
            {say('compose.blockedChoice', {
              element: choice.element,
              levels: choice.levels
                .map((level) => (level === 0 ? say('sheet.notSeen') : String(level)))
                .join(', '),
            })}
          </Link>
        </p>
      ))}
      {others.length > 0 && visit.phase === 'draft' && (
        <p className="second muted sheet-notice">
          {say('sheet.coObserver', {
            others: say(others.length === 1 ? 'sheet.coObserver.is' : 'sheet.coObserver.are', {
              names: list(others),
            }),
            n: others.length + 1,
          })}
        </p>
      )}
    </>
  );
}

function focusOn(id: string) {
  document.getElementById(id)?.focus();
}

interface SheetKeys {
  readonly note: () => void;
  readonly praise: () => void;
  readonly level: (level: number) => void;
  readonly step: (by: number) => void;
  readonly link: () => void;
  readonly tally: () => void;
  readonly look: () => void;
  readonly undo: () => void;
  readonly finish: () => void;
  readonly keys: () => void;
  readonly go: (path: string) => void;
}

// Single letters work outside fields, and only where the person has not switched them off.
function useSheetKeys(singleLetters: boolean, keys: SheetKeys) {
  const latest = useLatest(keys);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const target = event.target;
      const inField =
        target instanceof HTMLInputElement ||
        target instanceof HTMLTextAreaElement ||
        target instanceof HTMLSelectElement;
      if (document.querySelector('dialog[open]')) return;
      const now = latest.current;
      if (event.ctrlKey || event.metaKey) {
        if (event.key === 'z' && !inField) now.undo();
        else if (event.key === 'Enter') now.finish();
        else return;
        event.preventDefault();
        return;
      }
      if (inField || !singleLetters || event.altKey) return;
      if (/^[0-9]$/.test(event.key)) now.level(Number(event.key));
      else if (event.key === 'ArrowRight') now.step(1);
      else if (event.key === 'ArrowLeft') now.step(-1);
      else {
        const doing: Record<string, (() => void) | undefined> = {
          n: now.note,
          p: now.praise,
          l: now.link,
          t: now.tally,
          k: now.look,
          '?': now.keys,
        };
        const act = doing[event.key];
        if (!act) return;
        act();
      }
      event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [latest, singleLetters]);
}
