// Notes in time order, the newest in a frame with its link row, and the composer below them.

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Element, Note, Sheet, Visit } from '../../app/contract';
import { say } from '../../words/say';
import { Dialog } from '../frame/dialog';
import { Icon } from '../frame/icons';
import { useApp, useGesture, useWhen } from '../frame/reading';
import { SavedText } from '../frame/saved-text';
import { useTyping } from '../frame/typing';

const starters = ['1', '2', '3', '4', '5'] as const;

export function Notes({
  visit,
  sheet,
  openElement,
}: {
  readonly visit: Visit;
  readonly sheet: Sheet;
  readonly openElement: number;
}) {
  const app = useApp();
  const run = useGesture();
  const [opened, setOpened] = useState<string | null>(null);
  const [editing, setEditing] = useState<string | null>(null);
  const [removed, setRemoved] = useState<string | null>(null);
  const [writing, setWriting] = useState<string | null>(null);
  // The note in the composer is on disk already; it joins the list when it is finished.
  const notes = useMemo(
    () => sheet.notes.filter((note) => note.id !== writing),
    [sheet.notes, writing],
  );
  const newest = notes.at(-1)?.id ?? null;
  const framed = opened ?? newest;
  const offered = useMemo(
    () => offeredElements(visit.elements, sheet, openElement),
    [visit.elements, sheet, openElement],
  );

  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: notes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 78,
    overscan: 6,
    getItemKey: (index) => notes[index]?.id ?? index,
  });
  // Follows the newest note, as a conversation does; a later edit of an old one moves nothing.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest note alone moves the list.
  useEffect(() => {
    if (notes.length > 0) virtual.scrollToIndex(notes.length - 1, { align: 'end' });
  }, [newest]);

  const remove = async (id: string) => {
    if ((await run(() => app.removeNote(visit.id, id))) !== undefined) setRemoved(id);
  };

  return (
    <>
      <div className="notes" ref={scroller}>
        {notes.length === 0 && <p className="muted notes-empty">{say('sheet.empty')}</p>}
        <ol style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const note = notes[item.index];
            return (
              note && (
                <li
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <NoteRow
                    visit={visit}
                    note={note}
                    framed={note.id === framed}
                    offered={offered}
                    open={() => setOpened(note.id === opened ? null : note.id)}
                    edit={() => setEditing(note.id)}
                  />
                </li>
              )
            );
          })}
        </ol>
      </div>
      {removed && <PutBack visit={visit} noteId={removed} done={() => setRemoved(null)} />}
      {!sheet.submitted && sheet.removedNotes.length > 0 && !removed && (
        <RemovedNotes visit={visit} notes={sheet.removedNotes} />
      )}
      <Composer visit={visit} setWriting={setWriting} onNew={() => setOpened(null)} />
      {editing && (
        <EditNote
          visit={visit}
          note={sheet.notes.find((one) => one.id === editing) ?? null}
          close={() => setEditing(null)}
          remove={() => {
            setEditing(null);
            void remove(editing);
          }}
        />
      )}
    </>
  );
}

// The four elements used most in this lesson, the open one first.
function offeredElements(
  elements: readonly Element[],
  sheet: Sheet,
  openElement: number,
): readonly Element[] {
  const uses = (element: Element) =>
    sheet.notes.filter((note) => note.element === element.number).length;
  return [...elements]
    .map((element, index) => ({ element, index, uses: uses(element) }))
    .sort(
      (a, b) =>
        Number(b.element.number === openElement) - Number(a.element.number === openElement) ||
        b.uses - a.uses ||
        a.index - b.index,
    )
    .slice(0, 4)
    .map((one) => one.element);
}

function NoteRow({
  visit,
  note,
  framed,
  offered,
  open,
  edit,
}: {
  readonly visit: Visit;
  readonly note: Note;
  readonly framed: boolean;
  readonly offered: readonly Element[];
  readonly open: () => void;
  readonly edit: () => void;
}) {
  const when = useWhen();
  const linked = visit.elements.find((one) => one.number === note.element);
  const time = note.atMs === null ? '' : when.time(note.atMs);
  return (
    <div className={`note ${framed ? 'framed' : ''}`}>
      <button type="button" className="note-text" aria-expanded={framed} onClick={open}>
        <time className="second muted">{time}</time>
        <span>
          {note.text}
          {!framed && (linked || note.isPrivate) && (
            <span className="note-chips">
              {linked && (
                <span className="chip primary">
                  <Icon name="link" />
                  <span className="visually-hidden">{say('sheet.linkedTo')} </span>
                  {linked.title}
                </span>
              )}
              {note.isPrivate && (
                <span className="chip">
                  <Icon name="lock" />
                  {say('sheet.private')}
                </span>
              )}
            </span>
          )}
        </span>
      </button>
      {framed && (
        <>
          <button
            type="button"
            className="icon note-edit"
            aria-label={say('sheet.editNote')}
            onClick={edit}
          >
            <Icon name="pencil" />
          </button>
          <LinkRow visit={visit} note={note} offered={offered} />
        </>
      )}
    </div>
  );
}

function LinkRow({
  visit,
  note,
  offered,
}: {
  readonly visit: Visit;
  readonly note: Note;
  readonly offered: readonly Element[];
}) {
  const app = useApp();
  const run = useGesture();
  const [all, setAll] = useState(false);
  const link = (element: number) =>
    void run(() => app.linkNote(visit.id, note.id, note.element === element ? null : element));
  const linked = visit.elements.find((one) => one.number === note.element);
  const shown = linked && !offered.includes(linked) ? [linked, ...offered.slice(0, 3)] : offered;
  return (
    <fieldset className="note-links" aria-label={say('sheet.linkTo')}>
      {shown.map((element) => (
        <LinkButton
          key={element.number}
          element={element}
          words={element.short || element.title}
          on={note.element === element.number}
          link={link}
        />
      ))}
      {visit.elements.length > shown.length && (
        <button type="button" onClick={() => setAll(true)}>
          {say('sheet.allElements', { n: visit.elements.length })}
        </button>
      )}
      {all && (
        <Dialog title={say('sheet.allElementsTitle')} onClose={() => setAll(false)}>
          <div className="note-links all">
            {visit.elements.map((element) => (
              <LinkButton
                key={element.number}
                element={element}
                words={element.title}
                on={note.element === element.number}
                link={(number) => {
                  link(number);
                  setAll(false);
                }}
              />
            ))}
          </div>
        </Dialog>
      )}
    </fieldset>
  );
}

function LinkButton({
  element,
  words,
  on,
  link,
}: {
  readonly element: Element;
  readonly words: string;
  readonly on: boolean;
  readonly link: (element: number) => void;
}) {
  return (
    <button
      type="button"
      aria-pressed={on}
      aria-label={element.title}
      onClick={() => link(element.number)}
    >
      {on && <Icon name="tick" />}
      {words}
    </button>
  );
}

// One tap stamps the time and opens the keyboard; Return adds the note and keeps the field.
function Composer({
  visit,
  setWriting,
  onNew,
}: {
  readonly visit: Visit;
  readonly setWriting: (noteId: string | null) => void;
  readonly onNew: () => void;
}) {
  const app = useApp();
  const run = useGesture();
  const [text, setText] = useState('');
  const [focused, setFocused] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const tappedMs = useRef<number | null>(null);
  // The note that is being made; typing goes on meanwhile, and finishing waits for it.
  const making = useRef<Promise<string | null> | null>(null);
  const typing = useTyping(field);

  const tap = () => {
    if (text !== '') finish();
    tappedMs.current = app.nowMs();
    field.current?.focus();
  };

  const change = (next: string) => {
    setText(next);
    if (next.trim() === '' && making.current === null) return;
    const at = tappedMs.current ?? app.nowMs();
    typing.text(async () => {
      const id = await making.current;
      if (id) {
        await run(() => app.editNote(visit.id, id, next));
        return;
      }
      const made = run(() => app.addNote(visit.id, at, next)).then((added) => {
        if (added) setWriting(added.noteId);
        else making.current = null;
        return added?.noteId ?? null;
      });
      making.current = made;
      await made;
    });
  };

  const finish = () => {
    const words = text.trim();
    const at = tappedMs.current ?? app.nowMs();
    tappedMs.current = null;
    setText('');
    onNew();
    typing.finish(async () => {
      const id = await making.current;
      making.current = null;
      setWriting(null);
      if (id && words === '') await run(() => app.removeNote(visit.id, id));
      else if (id) await run(() => app.editNote(visit.id, id, words));
      else if (words !== '') await run(() => app.addNote(visit.id, at, words));
    });
  };

  const key = (event: KeyboardEvent) => {
    if (
      event.key === 'Enter' &&
      !event.shiftKey &&
      !event.ctrlKey &&
      !event.nativeEvent.isComposing
    ) {
      event.preventDefault();
      finish();
    } else if (event.key === 'Escape') {
      field.current?.blur();
    }
  };

  return (
    <div className="composer" data-focused={focused || text !== ''}>
      {(focused || text !== '') && text === '' && (
        <fieldset className="starters" aria-label={say('sheet.starters')}>
          {starters.map((one) => (
            <button
              key={one}
              type="button"
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => {
                change(`${say(`sheet.starter.${one}`)} `);
                field.current?.focus();
              }}
            >
              {say(`sheet.starter.${one}`)}
            </button>
          ))}
        </fieldset>
      )}
      <div className="composer-row">
        <textarea
          id="composer"
          ref={field}
          rows={1}
          maxLength={2000}
          aria-label={say('sheet.newNote')}
          aria-description={say('sheet.noteHelp')}
          placeholder={say('sheet.noteField')}
          enterKeyHint="done"
          value={text}
          onFocus={() => {
            tappedMs.current ??= app.nowMs();
            setFocused(true);
          }}
          onBlur={() => setFocused(false)}
          onKeyDown={key}
          onChange={(event) => change(event.target.value)}
        />
        <button
          type="button"
          className="primary"
          onPointerDown={(event) => event.preventDefault()}
          onClick={tap}
        >
          <Icon name="plus" />
          {say('sheet.note')}
        </button>
      </div>
    </div>
  );
}

function EditNote({
  visit,
  note,
  close,
  remove,
}: {
  readonly visit: Visit;
  readonly note: Note | null;
  readonly close: () => void;
  readonly remove: () => void;
}) {
  const app = useApp();
  const run = useGesture();
  if (!note) return null;
  return (
    <Dialog title={say('sheet.editNote')} onClose={close}>
      <SavedText
        label={say('sheet.editNote')}
        value={note.text}
        rows={3}
        onSave={(text) => run(() => app.editNote(visit.id, note.id, text))}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={note.isPrivate}
          onChange={(event) =>
            void run(() => app.keepNotePrivate(visit.id, note.id, event.target.checked))
          }
        />
        {say(note.isPrivate ? 'sheet.privateOn' : 'sheet.private')}
      </label>
      <div className="bar-actions">
        <button type="button" className="primary" onClick={close}>
          {say('common.done')}
        </button>
        <button type="button" className="quiet" onClick={remove}>
          <Icon name="bin" />
          {say('sheet.removeNote')}
        </button>
      </div>
    </Dialog>
  );
}

// Ten seconds to put a note back; afterwards it is under "Removed notes".
function PutBack({
  visit,
  noteId,
  done,
}: {
  readonly visit: Visit;
  readonly noteId: string;
  readonly done: () => void;
}) {
  const app = useApp();
  const run = useGesture();
  useEffect(() => {
    const timer = setTimeout(done, 10_000);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <div className="put-back" role="status">
      <span className="fill">{say('sheet.noteRemoved')}</span>
      <button
        type="button"
        className="small"
        onClick={() => {
          done();
          void run(() => app.putNoteBack(visit.id, noteId));
        }}
      >
        {say('sheet.putBack')}
      </button>
    </div>
  );
}

function RemovedNotes({
  visit,
  notes,
}: {
  readonly visit: Visit;
  readonly notes: readonly Note[];
}) {
  const app = useApp();
  const run = useGesture();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="link removed-link second" onClick={() => setOpen(true)}>
        {say('sheet.removedNotes', { n: notes.length })}
      </button>
      {open && (
        <Dialog
          title={say('sheet.removedNotes', { n: notes.length })}
          onClose={() => setOpen(false)}
        >
          <ul className="list">
            {notes.map((note) => (
              <li key={note.id} className="row who-row">
                <span className="fill">{note.text}</span>
                <button
                  type="button"
                  className="small"
                  onClick={() => void run(() => app.putNoteBack(visit.id, note.id))}
                >
                  {say('sheet.putBack')}
                </button>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}
