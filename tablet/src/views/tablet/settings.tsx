// Know that the tablet is safe; then how it looks and when it locks.

import type { ReactNode } from 'react';
import type { Settings } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { Page } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import { BackupButton } from './backup-button';
import './tablet.css';

const minutes = [1, 2, 5, 10, 15, 30, 60];
const sizes = [100, 125, 150, 200] as const;

export function SettingsScreen() {
  const app = useApp();
  const settings = useStore(app.settings);
  const run = useGesture();
  const change = (part: Partial<Settings>) => void run(() => app.changeSettings(part));
  return (
    <Page title={say('settings.title')} back={{ to: '/more', place: say('nav.more') }} narrow>
      <StorageCard />
      <div>
        <Setting label={say('settings.theme')}>
          <select
            aria-label={say('settings.theme')}
            value={settings.theme}
            onChange={(event) => {
              const theme = event.target.value;
              if (theme === 'system' || theme === 'light' || theme === 'dark') change({ theme });
            }}
          >
            {(['system', 'light', 'dark'] as const).map((theme) => (
              <option key={theme} value={theme}>
                {say(`settings.theme.${theme}`)}
              </option>
            ))}
          </select>
        </Setting>
        <Setting label={say('settings.textSize')}>
          <select
            aria-label={say('settings.textSize')}
            value={settings.textSize}
            onChange={(event) => {
              const size = sizes.find((one) => one === Number(event.target.value));
              if (size) change({ textSize: size });
            }}
          >
            {sizes.map((size) => (
              <option key={size} value={size}>
                {say('settings.textSize.value', { n: size })}
              </option>
            ))}
          </select>
        </Setting>
        <Setting label={say('settings.hand')}>
          <select
            aria-label={say('settings.hand')}
            value={settings.hand}
            onChange={(event) => change({ hand: event.target.value === 'left' ? 'left' : 'right' })}
          >
            {(['right', 'left'] as const).map((hand) => (
              <option key={hand} value={hand}>
                {say(`settings.hand.${hand}`)}
              </option>
            ))}
          </select>
        </Setting>
        <Setting label={say('settings.keep')}>
          <select
            aria-label={say('settings.keep')}
            value={settings.keep}
            onChange={(event) =>
              change({ keep: event.target.value === 'year' ? 'year' : 'recent' })
            }
          >
            {(['recent', 'year'] as const).map((keep) => (
              <option key={keep} value={keep}>
                {say(`settings.keep.${keep}`)}
              </option>
            ))}
          </select>
        </Setting>
        {(['lockVisitMin', 'lockMin'] as const).map((which) => {
          const label = say(which === 'lockVisitMin' ? 'settings.lockVisit' : 'settings.lock');
          return (
            <Setting key={which} label={label}>
              <select
                aria-label={label}
                value={settings[which]}
                onChange={(event) => change({ [which]: Number(event.target.value) })}
              >
                {[...new Set([...minutes, settings[which]])]
                  .sort((a, b) => a - b)
                  .map((n) => (
                    <option key={n} value={n}>
                      {say('settings.lockMin', { n })}
                    </option>
                  ))}
              </select>
            </Setting>
          );
        })}
        <label className="setting">
          <span>
            {say('settings.keys')}
            <br />
            <span className="second muted">{say('settings.keysHint')}</span>
          </span>
          <input
            type="checkbox"
            checked={settings.keys}
            onChange={(event) => change({ keys: event.target.checked })}
          />
        </label>
        <Setting label={say('settings.language')}>
          <span className="muted">{say('settings.language.value')}</span>
        </Setting>
      </div>
    </Page>
  );
}

function Setting({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="setting">
      <span>{label}</span>
      {children}
    </div>
  );
}

function StorageCard() {
  const app = useApp();
  const storage = useStore(app.storage);
  const when = useWhen();
  const run = useGesture();
  const kept = storage.persistent === true;
  return (
    <section className="card column">
      <h2>{say('settings.storage')}</h2>
      <div className={`notice ${kept ? 'ok' : 'ask'}`}>
        <Icon name={kept ? 'tick' : 'warning'} />
        <p>{say(kept ? 'settings.kept' : 'settings.notPersistent')}</p>
      </div>
      {storage.openByMs !== null && (
        <div className="notice ask">
          <Icon name="calendar" />
          <p>{say('settings.openBy', { date: when.date(storage.openByMs) })}</p>
        </div>
      )}
      <p className="second muted">
        {[
          say(storage.installed ? 'settings.installed' : 'settings.notInstalled'),
          storage.usedMb !== null && say('settings.used', { mb: storage.usedMb }),
          storage.leftMb !== null &&
            storage.leftMb < 200 &&
            say('settings.left', { mb: storage.leftMb }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <div className="bar-actions">
        {!kept && (
          <button type="button" onClick={() => void run(() => app.askToPersist())}>
            {say('settings.ask')}
          </button>
        )}
        {!storage.installed && (
          <button type="button" onClick={() => void run(() => app.install())}>
            {say('enrol.install')}
          </button>
        )}
        <BackupButton />
      </div>
      <p className="second muted">{say('settings.file')}</p>
    </section>
  );
}
