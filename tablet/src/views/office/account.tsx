// Everything accounted for: what was ever received, and the four things that became of it.

import { useEffect } from 'react';
import type { Accounted } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { useApp, useStore } from '../frame/reading';
import { ShownAsked } from './asked';
import './office.css';

export function OfficeAccount() {
  const app = useApp();
  const account = useStore(app.office.account);
  useEffect(() => {
    void app.office.lookAtAccount();
  }, [app]);
  return (
    <>
      <p className="measure">{say('office.accountPurpose')}</p>
      <ShownAsked loaded={account} again={() => void app.office.lookAtAccount()}>
        {(value) => (
          <>
            <AddsUp account={value} />
            <Four account={value} />
            <Aside account={value} />
            <p className="second muted">
              {say('office.erasedRecords', { n: value.erasedRecords })}
            </p>
          </>
        )}
      </ShownAsked>
    </>
  );
}

const sumOf = ({ committed, late, parked, erased }: Accounted) =>
  committed + late + parked + erased;

// The server says whether it adds up, and the page adds up what it shows.
function AddsUp({ account }: { readonly account: Accounted }) {
  const accounted = sumOf(account);
  const right = account.addsUp && accounted === account.pushed;
  return (
    <div className={`notice ${right ? 'ok' : 'stop'}`} role={right ? 'status' : 'alert'}>
      <Icon name={right ? 'tick' : 'warning'} />
      <p className="strong">
        {right
          ? say('office.addsUp', { n: account.pushed })
          : say('office.doesNotAddUp', { n: account.pushed, m: accounted })}
      </p>
    </div>
  );
}

function Four({ account }: { readonly account: Accounted }) {
  return (
    <table className="account">
      <caption className="strong">{say('office.received', { n: account.pushed })}</caption>
      <tbody>
        {(['committed', 'late', 'parked', 'erased'] as const).map((one) => (
          <tr key={one}>
            <th scope="row">{say(`office.${one}`)}</th>
            <td>{account[one].toLocaleString('en-GB')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Aside({ account }: { readonly account: Accounted }) {
  return (
    <section className="section">
      <h2>{say('office.why')}</h2>
      {account.aside.length === 0 ? (
        <p className="second muted">{say('office.whyNone')}</p>
      ) : (
        <ul className="list">
          {account.aside.map((one) => (
            <li key={`${one.kind} ${one.reason}`} className="row who-row wrap">
              <span className="fill">
                {say('office.reason', {
                  kind: one.kind,
                  reason: say(`reason.${one.reason}`),
                })}
              </span>
              <span className="second muted">
                {say('office.ofThese', { n: one.changes, taken: one.takenIn })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
