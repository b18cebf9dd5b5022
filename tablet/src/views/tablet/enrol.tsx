// Joins this tablet to a school once: by the camera, or by typing ten characters.

import { useEffect, useRef, useState } from 'react';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { problemWords } from '../frame/notices';
import { PageHeader } from '../frame/page';
import { useApp, useGesture, useLatest, useStore } from '../frame/reading';
import { CodeField, grouped } from './code-field';
import './tablet.css';

// Not in TypeScript's library yet; Chromium and Safari have it on tablets.
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorMaker = new (options: { formats: string[] }) => Detector;

function detectorMaker(): DetectorMaker | null {
  const maker: unknown = Reflect.get(globalThis, 'BarcodeDetector');
  return typeof maker === 'function' ? (maker as DetectorMaker) : null;
}

// A QR holds a link that ends in "#join=…" (the app reads what follows), or the code alone.
export function codeOf(text: string): string | null {
  const link = /#(join=.+)$/.exec(text.trim());
  if (link?.[1]) return link[1];
  const found = /^([0-9A-Za-z]{5})-?([0-9A-Za-z]{5})$/.exec(text.trim());
  return found ? grouped(`${found[1]}${found[2]}`) : null;
}

export function Enrol() {
  const app = useApp();
  const tablet = useStore(app.tablet);
  const header = useStore(app.header);
  const run = useGesture();
  const [how, setHow] = useState<'type' | 'scan'>('type');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [goOn, setGoOn] = useState(false);
  const join = async (code: string) => {
    setBusy(true);
    setProblem('');
    const outcome = await app.enrol(code);
    setBusy(false);
    if (!outcome.ok) {
      setHow('type');
      setProblem(problemWords(outcome.problem));
    }
  };
  // The tablet's own camera opened this page: the invitation is in the address, once.
  const joined = useLatest(join);
  useEffect(() => {
    const code = codeOf(location.href);
    if (!code) return;
    history.replaceState(null, '', location.pathname);
    void joined.current(code);
  }, [joined]);
  if (tablet.notInstalled && !goOn) {
    return (
      <>
        <PageHeader title={say('enrol.title')} chip={false} />
        <main id="page" className="panes">
          <div className="body narrow">
            <p className="measure">{say('enrol.notInstalled')}</p>
            <ol className="column">
              <li className="card row">
                <Icon name="more" />
                {say('enrol.installStep1')}
              </li>
              <li className="card row">
                <Icon name="plus" />
                {say('enrol.installStep2')}
              </li>
            </ol>
            <div className="bar-actions">
              <button
                type="button"
                className="primary big"
                onClick={() => void run(() => app.install())}
              >
                {say('enrol.install')}
              </button>
              <button type="button" className="quiet" onClick={() => setGoOn(true)}>
                {say('enrol.goOnWithout')}
              </button>
            </div>
          </div>
        </main>
      </>
    );
  }
  return (
    <>
      <PageHeader title={say('enrol.title')} subtitle={say('enrol.purpose')} chip={false} />
      <main id="page" className="panes enrol-page">
        <section className="card column">
          <div className="segments" role="radiogroup" aria-label={say('enrol.title')}>
            {(['type', 'scan'] as const).map((one) => (
              <label key={one}>
                <input
                  className="hidden-input"
                  type="radio"
                  name="how"
                  checked={how === one}
                  onChange={() => setHow(one)}
                />
                {say(`enrol.${one}`)}
              </label>
            ))}
          </div>
          {how === 'scan' ? (
            <Scanner onCode={(code) => void join(code)} />
          ) : (
            <CodeField busy={busy} problem={problem} onJoin={(code) => void join(code)} />
          )}
          {!header.online && <p className="notice">{say('enrol.offline')}</p>}
        </section>
        <section className="section enrol-kept">
          <h2>{say('enrol.kept')}</h2>
          <ul className="list second">
            {(['page', 'eye', 'up'] as const).map((icon, index) => (
              <li key={icon} className="row who-row">
                <Icon name={icon} />
                {say(`enrol.kept.${(index + 1) as 1 | 2 | 3}`)}
              </li>
            ))}
          </ul>
        </section>
      </main>
    </>
  );
}

function Scanner({ onCode }: { readonly onCode: (code: string) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [works, setWorks] = useState(() => detectorMaker() !== null);
  useEffect(() => {
    const Maker = detectorMaker();
    if (!Maker) return;
    let stream: MediaStream | null = null;
    let timer: ReturnType<typeof setInterval> | undefined;
    let ended = false;
    const detector = new Maker({ formats: ['qr_code'] });
    const look = async () => {
      const screen = video.current;
      if (!screen || screen.readyState < 2) return;
      const [seen] = await detector.detect(screen).catch(() => []);
      const code = seen ? codeOf(seen.rawValue) : null;
      if (!code || ended) return;
      ended = true;
      onCode(code);
    };
    navigator.mediaDevices
      ?.getUserMedia({ video: { facingMode: 'environment' } })
      .then((opened) => {
        stream = opened;
        if (ended || !video.current) {
          for (const track of opened.getTracks()) track.stop();
          return;
        }
        video.current.srcObject = opened;
        timer = setInterval(() => void look(), 300);
      })
      .catch(() => setWorks(false));
    return () => {
      ended = true;
      clearInterval(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, [onCode]);
  if (!works) return <p className="notice">{say('enrol.noCamera')}</p>;
  return (
    <div className="column">
      <video ref={video} className="scanner" autoPlay playsInline muted />
      <p className="second muted">{say('enrol.scanHint')}</p>
    </div>
  );
}
