import { hex } from '../model/bytes';
import { AdditionsKeeper, additionsPage } from './additions';
import { backupFile } from './backup';
import { Combining, receiptsOf, seenIn } from './combining';
import type {
  App,
  Loaded,
  OpenDoors,
  Outcome,
  Question,
  Receipt,
  Settings,
  Storage,
  Store,
  Today,
  Visit,
  Walk,
} from './contract';
import { DoorKeeper } from './doors';
import { FigurePages } from './figures/pages';
import { type AtDesk, gestures } from './gestures';
import { askToPersist, keeping } from './keeping';
import { Lists } from './lists';
import { Derived, Value } from './observable';
import { offerGestures } from './offers';
import { SchoolOffice } from './office';
import { practiceGestures } from './practice/gestures';
import { colleaguesOf, helpForMe } from './practice/help';
import { stepGestures, stepThreads } from './practice/steps';
import { questionPage, questionsOf } from './questions';
import { Answers } from './questions-answered';
import { sameLessonGestures, sameLessons } from './same-lesson';
import { readSettings, writeSettings } from './settings';
import { OwnSignIns } from './sign-ins';
import { type Surroundings, Tablet } from './tablet';
import { headerOf, tabletStateOf, waitingOf } from './tablet-state';
import { teamGestures } from './team';
import { askToJoinAgain, togetherGestures } from './together';
import { isLockDue, LastTouch } from './unattended';
import { visitGestures } from './visit-making';
import { visitPage } from './visit-page';
import { isInOpenWalk, walkChoices, walkGestures, walkPage } from './walk-round';
import { Warming } from './warming';
import { done, refused, Writing } from './writing';

const dayMs = 86_400_000;
const fetchedShowsMs = 400;

export interface AppOptions extends Surroundings {
  readonly coreSha256: string;
  // Shows the browser's own question; false: there is none.
  readonly install: () => Promise<boolean>;
  readonly reload: () => void;
  // Where the app is, without what follows "#".
  readonly address: () => string;
}

export interface RunningApp {
  readonly app: App;
  // For whoever hears that a newer app waits, or that the network is back.
  readonly newerApp: () => void;
  readonly wake: () => void;
}

export async function startApp(options: AppOptions): Promise<RunningApp> {
  const tablet = new Tablet(options);
  let here: (AtDesk & { readonly lists: Lists }) | null = null;
  let hasNewer = false;
  let cannotSave = false;
  const lastTouch = new LastTouch(
    typeof localStorage === 'undefined' ? null : localStorage,
    options.nowMs(),
  );
  let touchedMs = options.nowMs();

  const warming = new Warming(tablet, () => void keepToday());

  // The desk of the person who is in, and what is kept beside it.
  const at = (): (AtDesk & { readonly lists: Lists }) | null => {
    const { desk } = tablet;
    if (desk === null || tablet.isLocked) return null;
    if (here?.desk !== desk) {
      const writing = new Writing(desk, tablet.now, () => tablet.mayWrite);
      const lists = new Lists(desk);
      here = { desk, writing, lists };
      warming.begin(desk, lists);
    }
    return here;
  };

  const loaded =
    <T>(make: (here: NonNullable<ReturnType<typeof at>>) => T | null) =>
    (): Loaded<T> => {
      const desk = at();
      if (desk === null) return { kind: 'loading' };
      try {
        const value = make(desk);
        return value === null ? { kind: 'nothing' } : { kind: 'ready', value };
      } catch (error) {
        return {
          kind: 'failed',
          code: error instanceof Error ? error.constructor.name : 'unknown',
        };
      }
    };

  const listed = <T>(make: (here: NonNullable<ReturnType<typeof at>>) => T) => {
    const ready = loaded(make);
    return (): Loaded<T> => (!warming.goesOn(at()?.lists) ? ready() : { kind: 'loading' });
  };

  // --- Stores. ---

  const zone = new Derived(() => tablet.row?.zone ?? 'Europe/London');

  const tabletState = new Derived(() => {
    const open = at();
    const isMade = warming.isTodayReady(open?.lists);
    const today = isMade ? open?.lists.today() : open?.lists.keptToday();
    return tabletStateOf(tablet, open?.desk ?? null, today ?? null, options.nowMs());
  });
  const header = new Derived(() =>
    headerOf(tablet, { cannotSave, newerApp: hasNewer }, options.nowMs()),
  );
  const waiting = new Derived(() => waitingOf(tablet, at()?.desk ?? null, options.nowMs()));

  const settings = new Value<Settings>(readSettings());
  const storage = new Value<Storage>({
    installed: false,
    persistent: null,
    openByMs: null,
    usedMb: null,
    leftMb: null,
    appVersion: options.app,
    coreHash: options.coreSha256.slice(0, 12),
  });
  tablet.periods = () => {
    const { desk } = tablet;
    if (desk === null || settings.get().keep === 'recent') return [];
    return desk.directory.halfTermsOfYear(Math.floor(desk.nowMs() / dayMs));
  };
  const readyToday = loaded(({ lists }) => lists.today());
  const today = new Derived((): Loaded<Today> => {
    if (warming.isTodayReady(at()?.lists)) return readyToday();
    const kept = at()?.lists.keptToday() ?? null;
    return kept === null ? { kind: 'loading' } : { kind: 'ready', value: kept };
  });
  // Beside the store, for the next time this person opens it.
  const keepToday = async () => {
    if (tablet.mayWrite && warming.isTodayReady(at()?.lists)) {
      await at()
        ?.lists.keepToday()
        .catch(() => {});
    }
  };
  const visits = new Derived(listed(({ lists }) => lists.visits()));
  const oneLesson = new Derived(listed(({ desk }) => sameLessons(desk, zone.get())));
  const doorKeeper = new DoorKeeper(at, options.calls.doors, options.random, () =>
    doors.invalidate(),
  );
  const doors: Derived<Loaded<OpenDoors>> = new Derived((): Loaded<OpenDoors> => {
    const open = at();
    return open === null ? { kind: 'loading' } : doorKeeper.page(open.desk);
  });
  const newVisit = new Derived(listed(({ lists }) => lists.newVisit()));
  const choicesOfWalks = new Derived(loaded(({ desk }) => walkChoices(desk)));
  const forMe = new Derived(loaded(({ lists }) => lists.forMe()));
  const more = new Derived(loaded(({ lists }) => lists.more()));
  const additions = new Derived(loaded(({ desk }) => additionsPage(desk)));
  const named = new Derived(() => {
    const open = at();
    return open === null ? [] : colleaguesOf(open.desk);
  });
  const offered = new Derived(listed(({ desk }) => helpForMe(desk)));
  const steps = new Derived(listed(({ desk }) => stepThreads(desk)));
  const receipts = new Derived<readonly Receipt[]>(() => {
    const open = at();
    return open === null ? [] : receiptsOf(open.desk);
  });
  const questions = new Derived(
    loaded(({ desk }): readonly Question[] =>
      desk
        .ownVisits()
        .flatMap((visit) =>
          questionsOf(desk, visit).map((asked) => questionPage(desk, visit, asked)),
        ),
    ),
  );

  const pagesOfFigures = new FigurePages(
    () => at()?.desk ?? null,
    options.calls.figures,
    options.nowMs,
  );

  const signIns = new OwnSignIns({
    accounts: options.calls.accounts,
    desk: () => at()?.desk ?? null,
    signInName: (id) => tablet.people.find((person) => person.id === id)?.signInName ?? '',
    choosePassphrase: (code, next) => tablet.choosePassphrase(code, next),
  });
  const office = new SchoolOffice({
    calls: options.calls,
    desk: () => at()?.desk ?? null,
    device: () => (tablet.row === null ? '' : hex(tablet.row.device)),
    address: options.address,
  });

  const onVisit = new Map<string, Derived<Loaded<Visit>>>();
  const onWalk = new Map<string, Derived<Loaded<Walk>>>();
  const page = <T>(
    pages: Map<string, Derived<Loaded<T>>>,
    id: string,
    make: () => Loaded<T>,
  ): Store<Loaded<T>> => {
    const known = pages.get(id);
    if (known !== undefined) return known;
    const made = new Derived(make);
    pages.set(id, made);
    return made;
  };

  const all = [
    zone,
    tabletState,
    header,
    waiting,
    today,
    visits,
    oneLesson,
    doors,
    newVisit,
    choicesOfWalks,
    forMe,
    more,
    additions,
    receipts,
    questions,
    named,
    offered,
    steps,
  ];
  const invalidate = () => {
    for (const store of all) store.invalidate();
    for (const store of onVisit.values()) store.invalidate();
    for (const store of onWalk.values()) store.invalidate();
    pagesOfFigures.look();
    signIns.changed();
    office.changed();
  };

  // Several changes of one moment are one change for the views; what is being fetched shows from time
  // to time, so that the screen stays the person's own.
  let isDue = false;
  let isDueLater = false;
  tablet.changed = (by) => {
    if (by === 'server') {
      if (isDueLater) return;
      isDueLater = true;
      setTimeout(() => {
        isDueLater = false;
        invalidate();
      }, fetchedShowsMs);
      return;
    }
    if (isDue) return;
    isDue = true;
    queueMicrotask(() => {
      isDue = false;
      invalidate();
    });
  };

  // --- What was combined. ---

  const kept = new AdditionsKeeper(at, options.calls.keeping);
  const combining = new Combining();
  tablet.meets = async () => {
    const open = at();
    if (open !== null)
      await combining.meets(open.desk, open.lists, () => tablet.desk === open.desk);
  };
  tablet.met = async (report) => {
    const open = at();
    if (open === null) return;
    await combining.met(open.desk, report);
    await askToJoinAgain(open);
    void kept.met(report.records > 0);
    void keepToday();
  };

  const watchKeeping = async () => {
    const now = options.nowMs();
    storage.set(await keeping(lastTouch.ms, now, options.app, options.coreSha256));
  };

  // A refusal of the disk is shown until a save succeeds.
  const watched = async <T>(outcome: Promise<Outcome<T>>): Promise<Outcome<T>> => {
    const result = await outcome;
    const failed = !result.ok && result.problem.kind === 'disk';
    if (failed !== cannotSave && (failed || result.ok)) {
      cannotSave = failed;
      header.invalidate();
    }
    return result;
  };
  const saving = {
    ...gestures(at, options.random),
    ...teamGestures(at, options.random),
    ...sameLessonGestures(at, () => zone.get()),
    ...practiceGestures(at, options.random),
    ...stepGestures(at, options.random),
    ...offerGestures(at, isInOpenWalk),
    ...visitGestures(at, options.random),
    ...walkGestures(at, options.random),
  };
  for (const [name, gesture] of Object.entries(saving)) {
    const run = gesture as (...parts: unknown[]) => Promise<Outcome<unknown>>;
    Reflect.set(saving, name, (...parts: unknown[]) => watched(run(...parts)));
  }

  const { colleaguesVisit, joinVisit } = togetherGestures(at);
  const answers = new Answers(at);
  const nobody: Outcome<never> = refused('notAllowed');

  const app: App = {
    ...saving,
    nowMs: options.nowMs,
    zone,
    tablet: tabletState,
    header,
    waiting,
    storage,
    settings,
    today,
    visits,
    sameLessons: oneLesson,
    doors,
    newVisit,
    walkChoices: choicesOfWalks,
    questions,
    receipts,
    forMe,
    more,
    additions,
    signIns,
    office,
    figures: pagesOfFigures.figures,
    colleagues: named,
    helpForMe: offered,
    steps,
    visit: (id) =>
      page(
        onVisit,
        id,
        loaded(({ desk }) => visitPage(desk, id)),
      ),
    walk: (id) =>
      page(
        onWalk,
        id,
        loaded(({ desk }) => walkPage(desk, id)),
      ),

    enrol: (code) => tablet.enrol(code),
    addPerson: (code) => tablet.addPerson(code),
    addByPassphrase: (name, passphrase) => tablet.addByPassphrase(name, passphrase),
    goToProvider: (code) => tablet.goToProvider(code),
    backFromProvider: (state, code) => tablet.backFromProvider(state, code),
    choosePin: (personId, pin) => tablet.choosePin(personId, pin),
    enterPin: (personId, pin) => tablet.enterPin(personId, pin),
    signIn: (how) => tablet.signIn(how),
    lock: () => keepToday().then(() => tablet.lock()),
    switchPerson: () => keepToday().then(() => tablet.switchPerson()),
    signOut: async () => {
      if ((tablet.desk?.store.outbox.unsent ?? 0) > 0) {
        const met = await tablet.meetNow();
        if (!met.ok || (tablet.desk?.store.outbox.unsent ?? 0) > 0) return refused('choiceOpen');
      }
      return tablet.switchPerson();
    },
    handOver: () => tablet.switchPerson(),
    sendNow: () => tablet.meetNow(),
    saveBackup: async () => {
      if (tablet.row === null) return nobody;
      await tablet.desk?.store.seal();
      return { ok: true, value: await backupFile(tablet.row, tablet.people, options.nowMs()) };
    },
    takeInBackup: (file) => tablet.takeInBackup(file),
    useThisTab: () => tablet.useThisTab(),
    askToPersist: async () => {
      await askToPersist();
      await watchKeeping();
      return done;
    },
    install: async () => ((await options.install()) ? done : refused('notAllowed')),
    changeSettings: async (change) => {
      settings.change(change);
      writeSettings(settings.get());
      if (change.keep !== undefined) tablet.wantMeeting();
      return done;
    },
    touched: () => {
      touchedMs = options.nowMs();
      lastTouch.touched(touchedMs);
      if (storage.get().openByMs !== null) void watchKeeping();
    },
    reload: options.reload,

    colleaguesVisit,
    joinVisit: (code) => watched(joinVisit(code)),

    lookForDoors: doorKeeper.lookForDoors,
    openDoor: (choice) => watched(doorKeeper.openDoor(choice)),
    closeDoor: (doorId) => watched(doorKeeper.closeDoor(doorId)),
    comeToDoor: (doorId) => watched(doorKeeper.comeToDoor(doorId)),
    stayAway: (doorId) => watched(doorKeeper.stayAway(doorId)),

    lookForAdditions: kept.lookForAdditions,
    takeIn: (additionId) => watched(kept.takeIn(additionId)),
    leaveAside: (additionId, reason) => watched(kept.leaveAside(additionId, reason)),

    choose: (questionId, answer) => watched(answers.choose(questionId, answer)),
    undoChoice: () => answers.undo(),
    receiptSeen: (receiptId) => {
      const open = at();
      if (open === null) return Promise.resolve(nobody);
      return open.writing.note({ receipts: seenIn(receiptsOf(open.desk), receiptId) });
    },
  };

  // The screen goes blank when nobody touched it for long; what runs goes on.
  const watchTouch = () => {
    if (tablet.desk === null || tablet.isLocked) return;
    const path = location.hash.slice(1);
    if (isLockDue(settings.get(), path, options.nowMs() - touchedMs)) void tablet.lock();
  };
  if (typeof window !== 'undefined') {
    setInterval(watchTouch, 15_000);
    setInterval(() => pagesOfFigures.look(), 60_000);
    setInterval(() => tablet.lookAgain(), 60_000);
    setInterval(() => void watchKeeping(), 10 * 60_000);
  }

  await tablet.start();
  void watchKeeping();
  return {
    app,
    newerApp: () => {
      hasNewer = true;
      header.invalidate();
    },
    wake: () => tablet.wantMeeting(),
  };
}
