// Chooses the screen: by what the tablet is (not enrolled, nobody in, locked, open), then by path.
//
// The screens of a lesson come with the first load; the others are fetched when they are first
// opened, and the service worker has them by then, so every one of them opens offline.

import { type ComponentType, lazy, Suspense, useEffect, useState } from 'react';
import { Redirect, Route, Router, Switch } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import type { App } from '../app/contract';
import { say } from '../words/say';
import '../theme/tokens.css';
import '../theme/base.css';
import '../theme/print.css';
import './frame/frame.css';
import { Navigation } from './frame/navigation';
import { ReceiptToast, TroubleNotice } from './frame/notices';
import { Skeleton } from './frame/page';
import { AppProvider, type Trouble, TroubleProvider, useApp, useStore } from './frame/reading';
import { Locked, People } from './tablet/people';
import { TodayScreen } from './visits/today';

function later<P extends object>(load: () => Promise<ComponentType<P>>) {
  return lazy(async () => ({ default: await load() }));
}

const Enrol = later(async () => (await import('./tablet/enrol')).Enrol);
const VisitsScreen = later(async () => (await import('./visits/visits')).VisitsScreen);
const NewVisitScreen = later(async () => (await import('./visits/new-visit')).NewVisitScreen);
const DoorsScreen = later(async () => (await import('./doors/doors')).DoorsScreen);
const JoinVisitScreen = later(async () => (await import('./together/join')).JoinVisitScreen);
const WalkScreen = later(async () => (await import('./visits/walk')).WalkScreen);
const WalkStart = later(async () => (await import('./visits/walk-start')).WalkStart);
const VisitScreen = later(async () => (await import('./visit/visit')).VisitScreen);
const QuestionScreen = later(async () => (await import('./questions/question')).QuestionScreen);
const Receipts = later(async () => (await import('./questions/receipt')).Receipts);
const ForMeScreen = later(async () => (await import('./visits/for-me')).ForMeScreen);
const WaitingScreen = later(async () => (await import('./tablet/waiting')).WaitingScreen);
const AdditionsScreen = later(async () => (await import('./tablet/additions')).AdditionsScreen);
const MoreScreen = later(async () => (await import('./tablet/more')).MoreScreen);
const SettingsScreen = later(async () => (await import('./tablet/settings')).SettingsScreen);
const HandOver = later(async () => (await import('./tablet/hand-over')).HandOver);
const FiguresPlace = later(async () => (await import('./figures/place')).FiguresPlace);
const TeacherTrends = later(async () => (await import('./trends/teacher')).TeacherTrends);
const MyTrends = later(async () => (await import('./trends/teacher')).MyTrends);
const StepsScreen = later(async () => (await import('./steps/steps')).StepsScreen);
const AboutMe = later(async () => (await import('./figures/about-me')).AboutMe);
const OfficeScreen = later(async () => (await import('./office/office')).OfficeScreen);
const MySignIns = later(async () => (await import('./office/my-sign-ins')).MySignIns);

export function Screens({ app }: { readonly app: App }) {
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  return (
    <AppProvider value={app}>
      <TroubleProvider value={setTrouble}>
        <Router hook={useHashLocation}>
          <Appearance />
          <Stage trouble={trouble} />
        </Router>
      </TroubleProvider>
    </AppProvider>
  );
}

function Stage({ trouble }: { readonly trouble: Trouble | null }) {
  const app = useApp();
  const { stage } = useStore(app.tablet);
  useTouches();
  switch (stage) {
    case 'starting':
      return (
        <div className="app alone">
          <Skeleton />
        </div>
      );
    case 'unenrolled':
      return (
        <Alone trouble={trouble}>
          <Enrol />
        </Alone>
      );
    case 'people':
      return (
        <Alone trouble={trouble}>
          <People />
        </Alone>
      );
    case 'locked':
      return (
        <Alone trouble={trouble}>
          <Locked />
        </Alone>
      );
    default:
      return <Open trouble={trouble} />;
  }
}

function Alone({
  trouble,
  children,
}: {
  readonly trouble: Trouble | null;
  readonly children: React.ReactNode;
}) {
  return (
    <div className="app alone">
      <div className="stage">
        <TroubleNotice trouble={trouble} />
        <Suspense fallback={<Skeleton />}>{children}</Suspense>
      </div>
    </div>
  );
}

function Open({ trouble }: { readonly trouble: Trouble | null }) {
  return (
    <>
      <SkipLinks />
      <Switch>
        <Route path="/visits/join/:code?">
          {({ code }) => (
            <WithRail trouble={trouble}>
              <JoinVisitScreen key={code} code={code ?? ''} />
            </WithRail>
          )}
        </Route>
        <Route path="/visits/new/:teacher?">
          {({ teacher }) => (
            <WithRail trouble={trouble}>
              <NewVisitScreen key={teacher} {...(teacher ? { teacher } : {})} />
            </WithRail>
          )}
        </Route>
        <Route path="/visits/:id/:part?">
          {({ id, part }) => (
            <WithRail trouble={trouble} rail={part === 'feedback'}>
              <VisitScreen key={id} id={id} part={part ?? ''} />
            </WithRail>
          )}
        </Route>
        <Route>
          <WithRail trouble={trouble}>
            <Switch>
              <Route path="/today" component={TodayScreen} />
              <Route path="/visits" component={VisitsScreen} />
              <Route path="/doors" component={DoorsScreen} />
              <Route path="/walk" component={WalkStart} />
              <Route path="/walk/:id">{({ id }) => <WalkScreen id={id} />}</Route>
              <Route path="/questions/:id?">{({ id }) => <QuestionScreen id={id ?? ''} />}</Route>
              <Route path="/receipts" component={Receipts} />
              <Route path="/waiting" component={WaitingScreen} />
              <Route path="/for-me" component={ForMeScreen} />
              <Route path="/for-me/figures/:h2?">
                {({ h2 }) => <MyTrends h2={Number(h2 ?? 0)} />}
              </Route>
              <Route path="/for-me/:id">
                {({ id }) => <VisitScreen key={id} id={id} part="read" />}
              </Route>
              <Route path="/steps" component={StepsScreen} />
              <Route path="/more" component={MoreScreen} />
              <Route path="/additions" component={AdditionsScreen} />
              <Route path="/settings" component={SettingsScreen} />
              <Route path="/hand-over" component={HandOver} />
              <Route path="/office/:section?/:id?">
                {({ section, id }) => <OfficeScreen section={section ?? ''} id={id ?? ''} />}
              </Route>
              <Route path="/sign-ins" component={MySignIns} />
              <Route path="/place/teacher/:id/:h2?">
                {({ id, h2 }) => <TeacherTrends key={id} id={id} h2={Number(h2 ?? 0)} />}
              </Route>
              <Route path="/place/:section?/:org?/:h2?">
                {({ section, org, h2 }) => (
                  <FiguresPlace
                    key={`${section} ${org}`}
                    section={section ?? ''}
                    org={org ?? ''}
                    h2={Number(h2 ?? 0)}
                  />
                )}
              </Route>
              <Route path="/more/readers" component={AboutMe} />
              <Route>
                <Redirect to="/today" />
              </Route>
            </Switch>
          </WithRail>
        </Route>
      </Switch>
      <ReceiptToast />
    </>
  );
}

function SkipLinks() {
  // Paths live behind the hash, so these move the focus by hand.
  const to = (id: string) => () => document.getElementById(id)?.focus();
  return (
    <>
      <button type="button" className="primary skip" onClick={to('page')}>
        {say('common.skipToPage')}
      </button>
      <button type="button" className="primary skip" onClick={to('to-waiting')}>
        {say('common.skipToWaiting')}
      </button>
    </>
  );
}

// A sheet has the whole glass: no rail.
function WithRail({
  trouble,
  rail = true,
  children,
}: {
  readonly trouble: Trouble | null;
  readonly rail?: boolean;
  readonly children: React.ReactNode;
}) {
  return (
    <div className={rail ? 'app' : 'app alone'}>
      {rail && <Navigation />}
      <div className="stage">
        <TroubleNotice trouble={trouble} />
        <Suspense fallback={<Skeleton />}>{children}</Suspense>
      </div>
    </div>
  );
}

// Puts theme, text size and hand on the document, and follows the system's theme.
function Appearance() {
  const app = useApp();
  const { theme, textSize, hand } = useStore(app.settings);
  useEffect(() => {
    const root = document.documentElement;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const apply = () => {
      root.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
      root.dataset.hand = hand;
      root.dataset.text = textSize >= 150 ? 'large' : 'usual';
      root.style.fontSize = `${(17 * textSize) / 100}px`;
    };
    apply();
    dark.addEventListener('change', apply);
    return () => dark.removeEventListener('change', apply);
  }, [theme, textSize, hand]);
  return null;
}

// Tells the app of touches and keys, at most each second: the lock waits for them to end.
function useTouches() {
  const app = useApp();
  useEffect(() => {
    let last = 0;
    const touched = (event: Event) => {
      if (event.timeStamp - last < 1000) return;
      last = event.timeStamp;
      app.touched();
    };
    const kinds = ['pointerdown', 'keydown', 'scroll'] as const;
    for (const kind of kinds) addEventListener(kind, touched, { passive: true, capture: true });
    return () => {
      for (const kind of kinds) removeEventListener(kind, touched, { capture: true });
    };
  }, [app]);
}
