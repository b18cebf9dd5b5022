// An invitation, typed or held in front of the camera.
//
// Few tablets' browsers read a QR code themselves; where this one does not, a reader is fetched with the
// camera, and with nothing before it.

import { type ReactNode, useEffect, useRef, useState } from 'react';
import { say } from '../../words/say';
import { CodeField, grouped } from './code-field';

const lookEveryMs = 300;

// As far as it is used here; not in TypeScript's library yet.
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorMaker = new (options: { formats: ['qr_code'] }) => Detector;

async function detectorMaker(): Promise<DetectorMaker> {
  const own: unknown = Reflect.get(globalThis, 'BarcodeDetector');
  if (typeof own === 'function') return own as DetectorMaker;
  return (await import('qr/decode.js')).BarcodeDetector;
}

// A QR holds a link that ends in "#join=…" (the app reads what follows), or the code alone.
export function codeOf(text: string): string | null {
  const link = /#(join=.+)$/.exec(text.trim());
  if (link?.[1]) return link[1];
  const found = /^([0-9A-Za-z]{5})-?([0-9A-Za-z]{5})$/.exec(text.trim());
  return found ? grouped(`${found[1]}${found[2]}`) : null;
}

export function CodeByHandOrCamera({
  busy,
  problem,
  action,
  first = 'type',
  hint = say('enrol.scanHint'),
  read = codeOf,
  beside,
  onCode,
}: {
  readonly busy: boolean;
  // What the button beside the field says, where it is not about joining this tablet.
  readonly action?: string;
  readonly first?: 'type' | 'scan';
  // What to hold in front of the camera.
  readonly hint?: string;
  // What in the words that a camera read is a code.
  readonly read?: (text: string) => string | null;
  // Why the last code was not taken; empty: it was, or there was none.
  readonly problem: string;
  // As CodeField's.
  readonly beside?: (code: string) => ReactNode;
  readonly onCode: (code: string) => void;
}) {
  const [how, setHow] = useState(first);
  return (
    <>
      <div className="segments" role="radiogroup" aria-label={say('enrol.how')}>
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
        // What becomes of a code is told beside the field.
        <Scanner
          hint={hint}
          read={read}
          onCode={(code) => {
            setHow('type');
            onCode(code);
          }}
        />
      ) : (
        <CodeField
          busy={busy}
          problem={problem}
          {...(action === undefined ? {} : { action })}
          {...(beside === undefined ? {} : { beside })}
          onJoin={onCode}
        />
      )}
    </>
  );
}

function Scanner({
  hint,
  read,
  onCode,
}: {
  readonly hint: string;
  readonly read: (text: string) => string | null;
  readonly onCode: (code: string) => void;
}) {
  const video = useRef<HTMLVideoElement>(null);
  const [works, setWorks] = useState(true);
  const seen = useRef({ read, onCode });
  useEffect(() => {
    seen.current = { read, onCode };
  });
  useEffect(() => {
    let stream: MediaStream | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    const look = async (detector: Detector) => {
      const screen = video.current;
      const [found] =
        screen && screen.readyState >= 2 ? await detector.detect(screen).catch(() => []) : [];
      const code = found ? seen.current.read(found.rawValue) : null;
      if (ended) return;
      if (code) seen.current.onCode(code);
      else timer = setTimeout(() => void look(detector), lookEveryMs);
    };
    const open = async () => {
      const [Maker, opened] = await Promise.all([
        detectorMaker(),
        navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }),
      ]);
      stream = opened;
      if (ended || !video.current) return stop();
      video.current.srcObject = opened;
      await look(new Maker({ formats: ['qr_code'] }));
    };
    open().catch(() => setWorks(false));
    return () => {
      ended = true;
      clearTimeout(timer);
      stop();
    };
  }, []);
  if (!works) return <p className="notice">{say('enrol.noCamera')}</p>;
  return (
    <div className="column">
      <video ref={video} className="scanner" autoPlay playsInline muted />
      <p className="second muted">{hint}</p>
    </div>
  );
}
