// The walk-round: ten rooms in one pass, two taps each, heads up. The next room opens by itself.

import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Walk, WalkMark, WalkRoom } from '../../app/contract';
import { say } from '../../words/say';
import { whoSeesWalk } from '../../words/who-can-see';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { Empty, PageHeader, Part, Shown } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { useTyping } from '../frame/typing';
import { WhoLine } from '../frame/who-chip';
import { OfferOf } from './offer-waits';
import './walk.css';

const marks = {
  seen: { icon: 'tick', tone: 'ok', hint: 'walk.seenHint' },
  praise: { icon: 'star', tone: 'praise', hint: 'walk.praiseHint' },
  help: { icon: 'help', tone: 'help', hint: 'walk.helpHint' },
} as const;

const bounceMs = 400;

export function WalkScreen({ id }: { readonly id: string }) {
  const app = useApp();
  const walk = useStore(app.walk(id));
  return <Shown loaded={walk}>{(value) => <Walking walk={value} />}</Shown>;
}

function Walking({ walk }: { readonly walk: Walk }) {
  const app = useApp();
  const run = useGesture();
  const when = useWhen();
  const [ending, setEnding] = useState(false);
  const loggedMs = useRef(Number.NEGATIVE_INFINITY);
  const counted = walk.rooms.filter((room) => room.teacher !== null);
  const done = counted.filter((room) => room.mark !== null).length;
  const open = walk.rooms.find((room) => room.id === walk.openRoomId) ?? null;
  const order =
    walk.order === 'department'
      ? say('walk.order.department', { department: walk.orderLabel })
      : say('walk.order.leastRecent');
  return (
    <>
      <PageHeader
        title={say('walk.title')}
        subtitle={say('walk.subtitle', {
          day: when.date(walk.startedMs),
          period: walk.period === null ? '' : `, ${say('common.period', { n: walk.period })}`,
          levels:
            walk.levelsSinceMs === null
              ? say('walk.noLevelsSmall')
              : say('walk.levelsAllowed', { date: when.date(walk.levelsSinceMs) }),
        })}
        back={{ to: '/visits', place: say('nav.visits') }}
      >
        {walk.endedMs === null && (
          <button type="button" className="primary" onClick={() => setEnding(true)}>
            {say('walk.end')}
          </button>
        )}
      </PageHeader>
      <div className="walk">
        <main id="page" tabIndex={-1} className="walk-rooms">
          <Part>
            <div className="walk-progress">
              <span className="strong">{say('walk.progress', { k: done, n: counted.length })}</span>
              <span className="walk-bars" aria-hidden="true">
                {counted.map((room) => (
                  <i key={room.id} className={room.mark ? 'full' : ''} />
                ))}
              </span>
              <span className="second muted end">{order}</span>
            </div>
            {walk.rooms.length === 0 && (
              <Empty>
                <p>{say('walk.empty')}</p>
              </Empty>
            )}
            <ul>
              {walk.rooms.map((room) => (
                <RoomRow
                  key={room.id}
                  room={room}
                  open={walk.endedMs === null && room.id === walk.openRoomId}
                  arrive={() => {
                    loggedMs.current = Number.NEGATIVE_INFINITY;
                    void run(() => app.arrive(walk.id, room.id));
                  }}
                />
              ))}
            </ul>
          </Part>
        </main>
        <aside className="walk-room" aria-label={open?.teacher?.name ?? say('walk.title')}>
          <Part>
            {walk.endedMs === null && open?.teacher ? (
              <OpenRoom walk={walk} room={open} loggedMs={loggedMs} />
            ) : (
              <>
                {walk.endedMs === null ? (
                  <p className="strong">{say('walk.allLogged')}</p>
                ) : (
                  <Summary walk={walk} />
                )}
                {open && open.teacher === null && (
                  <button
                    type="button"
                    onClick={() => void run(() => app.skipRoom(walk.id, open.id))}
                  >
                    {say('walk.skip')}
                  </button>
                )}
              </>
            )}
            <span className="fill" />
            <JustLogged walk={walk} />
          </Part>
        </aside>
      </div>
      {ending && <EndWalk walk={walk} close={() => setEnding(false)} />}
    </>
  );
}

function seenWords(room: WalkRoom): string {
  if (room.teacher === null) return say('walk.notCounted');
  return room.weeksSinceSeen === null
    ? say('walk.notSeen')
    : say('walk.lastSeen', { when: say('common.weeks', { n: Math.max(0, room.weeksSinceSeen) }) });
}

function RoomRow({
  room,
  open,
  arrive,
}: {
  readonly room: WalkRoom;
  readonly open: boolean;
  readonly arrive: () => void;
}) {
  const when = useWhen();
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (open) row.current?.scrollIntoView({ block: 'nearest' });
  }, [open]);
  const mark = room.mark;
  const teacher = room.teacher?.name ?? say('walk.supply');
  return (
    <li ref={row}>
      <button
        type="button"
        className={`walk-row ${open ? 'on' : ''}`}
        aria-current={open ? 'step' : undefined}
        onClick={arrive}
      >
        <span className="walk-code">{room.room}</span>
        <span className="fill">
          <span className="strong">{teacher}</span>
          <br />
          <span className="second muted">
            {[room.classCode, room.praise || seenWords(room)].filter(Boolean).join(' · ')}
          </span>
          {room.others.map((other) => (
            <span key={other.name} className="second muted walk-other">
              {say('walk.alsoHere', { name: other.name, time: when.time(other.atMs) })}
            </span>
          ))}
        </span>
        {open && mark === null ? (
          <span className="strong second walk-here">{say('walk.hereNow')}</span>
        ) : mark === null ? (
          <>
            <Icon name="forward" />
            <span className="visually-hidden">{say('walk.notLogged')}</span>
          </>
        ) : mark === 'skipped' ? (
          <span className="second muted">{say('walk.skipped')}</span>
        ) : (
          <span className={`chip ${marks[mark].tone}`}>
            <Icon name={marks[mark].icon} />
            {say(`walk.${mark}`)}
          </span>
        )}
        {room.atMs !== null && mark !== null && (
          <span className="second muted walk-time">{when.time(room.atMs)}</span>
        )}
      </button>
    </li>
  );
}

function OpenRoom({
  walk,
  room,
  loggedMs,
}: {
  readonly walk: Walk;
  readonly room: WalkRoom;
  // When a room was last logged by a tap, and no room chosen since.
  readonly loggedMs: { current: number };
}) {
  const app = useApp();
  const run = useGesture();
  const teacher = room.teacher?.name ?? '';
  // The next room opens under the finger: a tap that bounces must not log it too.
  const log = (mark: WalkMark, tappedMs: number) => {
    if (tappedMs - loggedMs.current < bounceMs) return;
    loggedMs.current = tappedMs;
    void run(() => app.logRoom(walk.id, room.id, mark));
  };
  return (
    <>
      <div className="row walk-head">
        <div className="fill">
          <h2 className="walk-who">{[teacher, room.room].filter(Boolean).join(' · ')}</h2>
          <p className="second muted">
            {[room.classCode, seenWords(room)].filter(Boolean).join(' · ')}
          </p>
        </div>
        <button
          type="button"
          className="small"
          onClick={() => void run(() => app.skipRoom(walk.id, room.id))}
        >
          {say('walk.skip')}
        </button>
      </div>
      <div className="walk-marks">
        {(['seen', 'praise', 'help'] as const).map((mark) => (
          <button
            key={mark}
            type="button"
            className={`walk-mark ${marks[mark].tone}`}
            aria-pressed={room.mark === mark}
            onClick={(event) => log(mark, event.timeStamp)}
          >
            <Icon name={marks[mark].icon} />
            <span>
              <span className="walk-mark-word">{say(`walk.${mark}`)}</span>
              <span className="second walk-mark-hint">{say(marks[mark].hint, { teacher })}</span>
            </span>
          </button>
        ))}
      </div>
      <p className="second walk-how">{say('walk.howItWorks')}</p>
      <WhoLine words={whoSeesWalk(teacher, walk.department)} />
    </>
  );
}

function JustLogged({ walk }: { readonly walk: Walk }) {
  const app = useApp();
  const run = useGesture();
  const [writing, setWriting] = useState<string | null>(null);
  const last = walk.rooms.find((room) => room.id === walk.lastRoomId);
  const mark = last?.mark;
  if (!last || !mark || mark === 'skipped' || walk.endedMs !== null) return null;
  const teacher = last.teacher?.name ?? '';
  return (
    <div className="card column tight walk-last">
      <p className="second" role="status">
        <strong>{say('walk.justLogged')}</strong>{' '}
        {[last.room, teacher, say(`walk.${mark}`)].filter(Boolean).join(' · ')}
      </p>
      {mark === 'help' && <p className="second muted">{say('walk.helpLogged', { teacher })}</p>}
      {mark === 'praise' && (
        <div className="walk-tags">
          {walk.praiseTags.map((tag) => (
            <button
              key={tag}
              type="button"
              className="small"
              aria-pressed={last.praise === tag}
              onClick={() => void run(() => app.praiseRoom(walk.id, last.id, tag))}
            >
              {tag}
            </button>
          ))}
        </div>
      )}
      <div className="walk-last-actions">
        <button
          type="button"
          className="small"
          onClick={() => void run(() => app.undoRoom(walk.id))}
        >
          <Icon name="undo" />
          {say('walk.undo')}
        </button>
        {mark === 'praise' && (
          <button type="button" className="small" onClick={() => setWriting(last.id)}>
            <Icon name="pencil" />
            {say('walk.addSentence')}
          </button>
        )}
      </div>
      {writing !== null && <Sentence walk={walk} roomId={writing} close={() => setWriting(null)} />}
    </div>
  );
}

function Sentence({
  walk,
  roomId,
  close,
}: {
  readonly walk: Walk;
  readonly roomId: string;
  readonly close: () => void;
}) {
  const app = useApp();
  const run = useGesture();
  const room = walk.rooms.find((one) => one.id === roomId);
  const [text, setText] = useState(room?.praise ?? '');
  const typing = useTyping();
  const change = (next: string) => {
    setText(next);
    typing.text(() => run(() => app.praiseRoom(walk.id, roomId, next)));
  };
  return (
    <Dialog
      title={[say('walk.praise'), room?.teacher?.name ?? ''].filter(Boolean).join(' · ')}
      onClose={close}
    >
      <textarea
        rows={3}
        maxLength={500}
        aria-label={say('walk.sentence')}
        placeholder={say('walk.sentence')}
        value={text}
        onChange={(event) => change(event.target.value)}
      />
      <button type="button" className="primary" onClick={close}>
        {say('common.done')}
      </button>
    </Dialog>
  );
}

function counts(walk: Walk) {
  const of = (mark: WalkMark) => walk.rooms.filter((room) => room.mark === mark).length;
  return { seen: of('seen'), praised: of('praise'), help: of('help') };
}

function Summary({ walk }: { readonly walk: Walk }) {
  const app = useApp();
  const header = useStore(app.header);
  const when = useWhen();
  const { seen, praised, help } = counts(walk);
  const minutes = Math.max(1, Math.round(((walk.endedMs ?? when.now) - walk.startedMs) / 60_000));
  return (
    <div className="column">
      <p className="strong">
        {say('walk.ended', { rooms: seen + praised + help, minutes, seen, praised, help })}
      </p>
      {praised > 0 && (
        <p>{say(header.online ? 'walk.praiseReaches' : 'walk.praiseWillReach', { n: praised })}</p>
      )}
      {walk.endedMs !== null &&
        walk.rooms.map(({ offer }) => offer && <OfferOf key={offer} visitId={offer} />)}
    </div>
  );
}

function EndWalk({ walk, close }: { readonly walk: Walk; readonly close: () => void }) {
  const app = useApp();
  const run = useGesture();
  const [, go] = useLocation();
  const end = async () => {
    const ended = await run(() => app.endWalk(walk.id, say('walk.praiseBare')));
    close();
    if (ended !== undefined && walk.rooms.every((room) => room.mark === null)) go('/visits');
  };
  return (
    <Dialog title={say('walk.endQuestion')} onClose={close}>
      <Summary walk={walk} />
      <div className="bar-actions">
        <button type="button" className="primary big" onClick={() => void end()}>
          {say('walk.end')}
        </button>
        <button type="button" className="big" onClick={close}>
          {say('walk.goOn')}
        </button>
      </div>
    </Dialog>
  );
}
