// The rail (a bar below on a narrow tablet): one skeleton for everybody, and who is writing.

import { Link, useLocation } from 'wouter';
import { say } from '../../words/say';
import { Icon, type IconName } from './icons';
import { useApp, useGesture, useStore } from './reading';

export function Navigation() {
  const app = useApp();
  const tablet = useStore(app.tablet);
  const run = useGesture();
  const [path, go] = useLocation();
  const third = tablet.third;
  const tabs: { to: string; icon: IconName; words: string; badge: number; roots: string[] }[] = [
    {
      to: '/today',
      icon: 'calendar',
      words: say('nav.today'),
      badge: tablet.badges.today,
      roots: ['/today', '/questions', '/receipts', '/waiting'],
    },
    {
      to: '/visits',
      icon: 'page',
      words: say('nav.visits'),
      badge: 0,
      roots: ['/visits', '/walk'],
    },
    ...(third
      ? [
          {
            to: '/place',
            icon: 'chart' as const,
            words: say(`nav.${third.place}`),
            badge: 0,
            roots: ['/place', '/office'],
          },
        ]
      : []),
    {
      to: '/for-me',
      icon: 'person',
      words: say('nav.forMe'),
      badge: tablet.badges.forMe,
      roots: ['/for-me', '/steps'],
    },
    {
      to: '/more',
      icon: 'more',
      words: say('nav.more'),
      badge: 0,
      roots: ['/more', '/sign-ins', '/settings', '/hand-over'],
    },
  ];
  const person = tablet.person;
  return (
    <nav className="rail" aria-label={say('common.main')}>
      {tabs.map((tab) => {
        const here = tab.roots.some((root) => path === root || path.startsWith(`${root}/`));
        return (
          <Link
            key={tab.to}
            href={tab.to}
            className={here ? 'on' : ''}
            aria-current={here ? 'page' : undefined}
          >
            <Icon name={tab.icon} />
            {tab.words}
            {tab.badge > 0 && (
              <span className="badge">
                <span aria-hidden="true">{tab.badge}</span>
                <span className="visually-hidden">{say('nav.badge', { n: tab.badge })}</span>
              </span>
            )}
          </Link>
        );
      })}
      {person && (
        <button
          type="button"
          className="me"
          onClick={() => {
            go('/today');
            void run(() => app.switchPerson());
          }}
        >
          <span className="avatar" aria-hidden="true">
            {person.initials}
          </span>
          {say('nav.switch')}
          <span className="visually-hidden"> {say('nav.switchFrom', { name: person.name })}</span>
        </button>
      )}
    </nav>
  );
}
