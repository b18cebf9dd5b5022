// My roles and dates, who has read about me, and the ways to everything that is not a tab.

import { Link } from 'wouter';
import type { MessageKey } from '../../words/en-gb';
import { enGB } from '../../words/en-gb';
import { say } from '../../words/say';
import { Icon, type IconName } from '../frame/icons';
import { Page, Shown } from '../frame/page';
import { useApp, useStore, useWhen } from '../frame/reading';
import './tablet.css';

const links: readonly { to: string; icon: IconName; key: MessageKey }[] = [
  { to: '/waiting', icon: 'tablet', key: 'more.waiting' },
  { to: '/doors', icon: 'door', key: 'doors.title' },
  { to: '/more/readers', icon: 'eye', key: 'aboutMe.link' },
  { to: '/sign-ins', icon: 'lock', key: 'more.signIns' },
  { to: '/receipts', icon: 'tick', key: 'more.receipts' },
  { to: '/additions', icon: 'plus', key: 'more.additions' },
  { to: '/settings', icon: 'gear', key: 'more.settings' },
  { to: '/hand-over', icon: 'tablet', key: 'more.handOver' },
];

// For whom it is not a tab, because another role of theirs is.
const office = { to: '/office', icon: 'chart', key: 'office.title' } as const;

function roleWords(role: string, org: string): string {
  const key = `role.${role}`;
  return key in enGB ? say(key as MessageKey, { org }) : role;
}

export function MoreScreen() {
  const app = useApp();
  const more = useStore(app.more);
  const storage = useStore(app.storage);
  const { account } = useStore(app.office.may);
  const when = useWhen();
  return (
    <Page title={say('more.title')}>
      <ul className="list">
        {[...links, ...(account ? [office] : [])].map((link) => (
          <li key={link.to}>
            <Link href={link.to} className="row-button">
              <Icon name={link.icon} />
              <span className="fill strong">{say(link.key)}</span>
              <Icon name="forward" />
            </Link>
          </li>
        ))}
      </ul>
      <section className="section">
        <h2>{say('more.roles')}</h2>
        <Shown loaded={more}>
          {(value) =>
            value.roles.length === 0 ? (
              <p className="muted">{say('more.rolesNone')}</p>
            ) : (
              <ul className="list">
                {value.roles.map((role) => (
                  <li key={`${role.role} ${role.org}`} className="row who-row wrap">
                    <span className="strong">{roleWords(role.role, role.org)}</span>
                    <span className="second muted">
                      {[
                        role.fromMs !== null &&
                          say('more.roleSince', { date: when.date(role.fromMs) }),
                        role.untilMs !== null &&
                          say('more.roleUntil', { date: when.date(role.untilMs) }),
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                    </span>
                  </li>
                ))}
              </ul>
            )
          }
        </Shown>
      </section>
      <section className="section second muted">
        <h2>{say('more.about')}</h2>
        <p>{say('more.version', { version: storage.appVersion, hash: storage.coreHash })}</p>
        <p>{say('more.licence')}</p>
        <p>{say('common.safeguarding')}</p>
      </section>
    </Page>
  );
}
