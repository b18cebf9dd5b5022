// What was combined: the proof after each contact, in rows by record.

import { useEffect } from 'react';
import { Link } from 'wouter';
import type { Receipt, ReceiptRow } from '../../app/contract';
import { list, say } from '../../words/say';
import { Icon, type IconName } from '../frame/icons';
import { Empty, Page } from '../frame/page';
import { useApp, useGesture, useStore, useWhen } from '../frame/reading';
import './questions.css';

export function Receipts() {
  const app = useApp();
  const receipts = useStore(app.receipts);
  const run = useGesture();
  const newest = receipts[0];
  const unseen = newest && !newest.seen ? newest.id : null;
  useEffect(() => {
    if (unseen) void run(() => app.receiptSeen(unseen));
  }, [app, run, unseen]);
  return (
    <Page title={say('receipt.title')} back={{ to: '/today', place: say('nav.today') }} narrow>
      {!newest && (
        <Empty>
          <p>{say('receipt.none')}</p>
        </Empty>
      )}
      {newest && <OneReceipt receipt={newest} heading />}
      {receipts.length > 1 && (
        <section className="section">
          <h2>{say('receipt.earlier')}</h2>
          {receipts.slice(1).map((receipt) => (
            <details key={receipt.id}>
              <summary>
                <Icon name="forward" />
                <ReceiptWhen receipt={receipt} />
              </summary>
              <OneReceipt receipt={receipt} heading={false} />
            </details>
          ))}
        </section>
      )}
    </Page>
  );
}

// Beside a question: the last receipt.
export function ReceiptPane() {
  const app = useApp();
  const [newest] = useStore(app.receipts);
  return (
    <>
      <div>
        <h2>{say('receipt.title')}</h2>
        {newest && (
          <p className="second muted">
            <ReceiptWhen receipt={newest} />
          </p>
        )}
      </div>
      {newest ? (
        <OneReceipt receipt={newest} heading={false} />
      ) : (
        <p className="second muted">{say('receipt.none')}</p>
      )}
      <span className="fill" />
      <Link href="/receipts" className="link receipt-link">
        {say('receipt.earlier')}
        <Icon name="forward" />
      </Link>
    </>
  );
}

function ReceiptWhen({ receipt }: { readonly receipt: Receipt }) {
  const when = useWhen();
  const today = when.date(receipt.atMs) === when.date(when.now);
  const time = when.time(receipt.atMs);
  return say('receipt.when', {
    when: today
      ? say('when.todayAt', { time })
      : say('when.dateAt', { date: when.date(receipt.atMs), time }),
  });
}

function OneReceipt({
  receipt,
  heading,
}: {
  readonly receipt: Receipt;
  readonly heading: boolean;
}) {
  return (
    <div>
      {heading && (
        <p className="second muted">
          <ReceiptWhen receipt={receipt} />
        </p>
      )}
      {receipt.rows.length === 0 ? (
        <p className="second">
          {say('receipt.nothing', { sent: receipt.sent, received: receipt.received })}
        </p>
      ) : (
        <ul className="receipt">
          {receipt.rows.map((row) => {
            const { icon, head, words } = rowWords(row);
            return (
              <li key={`${head} ${words}`}>
                <Icon name={icon} />
                <span>
                  <strong>{head}</strong>
                  <br />
                  {words}
                </span>
              </li>
            );
          })}
          {receipt.sent > 0 && (
            <li>
              <Icon name="up" />
              <span>
                <strong>
                  {say('receipt.sent.head', { sent: receipt.sent, stored: receipt.stored })}
                </strong>
                <br />
                {say('receipt.sent')}
              </span>
            </li>
          )}
        </ul>
      )}
      {receipt.rows.some((row) => row.kind === 'questions') && heading && (
        <Link href="/questions" className="button primary">
          {say('receipt.answer')}
        </Link>
      )}
    </div>
  );
}

function rowWords(row: ReceiptRow): { icon: IconName; head: string; words: string } {
  switch (row.kind) {
    case 'notes':
      return {
        icon: 'tick',
        head: say('receipt.notes.head', { class: row.classCode }),
        words: say('receipt.notes', {
          a: row.here,
          b: row.there,
          tablet: row.tablet,
          c: row.total,
        }),
      };
    case 'tallies':
      return {
        icon: 'tick',
        head: say('receipt.tallies.head'),
        words: say('receipt.tallies', { a: row.here, b: row.there, c: row.total, name: row.name }),
      };
    case 'field':
      return {
        icon: 'tick',
        head: say(`receipt.field.${row.field}`),
        words: say('receipt.field', { value: row.value, tablet: row.tablet }),
      };
    case 'page':
      return {
        icon: 'tick',
        head: say('receipt.page.head', { observer: row.observer }),
        words: say('receipt.page', { observer: row.observer }),
      };
    case 'questions':
      return {
        icon: 'question',
        head: say('receipt.questions.head', { n: row.n }),
        words: row.what.length > 0 ? say('receipt.questions', { what: list(row.what) }) : '',
      };
    case 'addition':
      return {
        icon: 'clock',
        head: say('receipt.addition.head'),
        words: say('receipt.addition', { observer: row.observer }),
      };
    case 'roleEnded':
      return {
        icon: 'clock',
        head: say('receipt.roleEnded.head'),
        words: say('receipt.roleEnded', { owner: row.owner }),
      };
    case 'left':
      return {
        icon: 'lock',
        head: say('receipt.left.head', { n: row.n }),
        words: say(`receipt.left.${row.reason}`),
      };
    default:
      return row satisfies never;
  }
}
