// The office: people, tablets, and the account of everything. Which of them there are follows from the
// roles; nothing that anybody wrote is on any of them.

import { lazy, Suspense } from 'react';
import { Link, Redirect } from 'wouter';
import { say } from '../../words/say';
import { Empty, Page, Skeleton } from '../frame/page';
import { useApp, useStore } from '../frame/reading';
import '../figures/figures.css';
import './office.css';

const OfficePeople = lazy(async () => ({ default: (await import('./people')).OfficePeople }));
const OfficeTablets = lazy(async () => ({ default: (await import('./tablets')).OfficeTablets }));
const OfficeAccount = lazy(async () => ({ default: (await import('./account')).OfficeAccount }));

const screens = { people: OfficePeople, tablets: OfficeTablets, account: OfficeAccount } as const;
type Section = keyof typeof screens;

// /office, /office/people, /office/people/<id>
export function OfficeScreen({ section, id }: { readonly section: string; readonly id: string }) {
  const app = useApp();
  const may = useStore(app.office.may);
  const open = (['people', 'tablets', 'account'] as const).filter((one) =>
    one === 'account' ? may.account : may.people,
  );
  const first = open[0];
  if (first === undefined) {
    return (
      <Page title={say('office.title')}>
        <Empty>
          <p>{say('common.nothing')}</p>
        </Empty>
      </Page>
    );
  }
  const here = open.find((one) => one === section);
  if (here === undefined) return <Redirect to={`/office/${first}`} replace />;
  const Screen = screens[here];
  return (
    <Page title={say(`office.${here}`)}>
      {open.length > 1 && <Sections open={open} here={here} />}
      <Suspense fallback={<Skeleton />}>
        <Screen id={id} />
      </Suspense>
    </Page>
  );
}

function Sections({ open, here }: { readonly open: readonly Section[]; readonly here: Section }) {
  return (
    <nav className="segments" aria-label={say('office.title')}>
      {open.map((one) => (
        <Link key={one} href={`/office/${one}`} aria-current={one === here ? 'page' : undefined}>
          {say(`office.${one}`)}
        </Link>
      ))}
    </nav>
  );
}
