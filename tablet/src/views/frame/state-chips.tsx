// The two chips of a record: where it is kept, and who has it. Icon and word; colour only repeats.

import { useState } from 'react';
import type { Kept, Phase, Shown } from '../../app/contract';
import { say } from '../../words/say';
import { millis } from '../../words/when';
import { Dialog } from './dialog';
import { Icon, type IconName } from './icons';
import type { useWhen } from './reading';

interface ChipWords {
  readonly icon: IconName;
  readonly tone: string;
  readonly label: string;
  readonly long: string;
}

type When = ReturnType<typeof useWhen>;

export function keptWords(kept: Kept, when: When): ChipWords {
  switch (kept.state) {
    case 'onTablet':
      return {
        icon: 'tablet',
        tone: '',
        label: say('state.onTablet'),
        long: say('state.onTablet.long', { time: when.moment(kept.at) }),
      };
    case 'sent':
      return {
        icon: 'up',
        tone: '',
        label: say('state.sent'),
        long: say('state.sent.long', { time: when.moment(kept.at) }),
      };
    case 'stored':
      return {
        icon: 'cylinder',
        tone: 'ok',
        label: say('state.stored'),
        long: say('state.stored.long', { time: when.moment(kept.at) }),
      };
    case 'backup':
      return {
        icon: 'shield',
        tone: 'ok',
        label: say(kept.tonight ? 'state.backupTonight' : 'state.backup'),
        long: say('state.backup.long', {
          date: when.date(kept.backupMs),
          time: when.moment(kept.at),
        }),
      };
    case 'storedLate':
      return {
        icon: 'cylinder',
        tone: 'ok',
        label: say('state.storedLate'),
        long: say('state.storedLate.long', { time: when.moment(kept.at) }),
      };
    case 'parkedFor':
      return {
        icon: 'cylinder',
        tone: 'ask',
        label: say('state.parkedFor', { owner: kept.owner }),
        long: say('state.parkedFor.long', { owner: kept.owner }),
      };
    case 'parkedNeeds': {
      const words = say('state.parkedNeeds', {
        owner: kept.owner,
        reason: say(`reason.${kept.reason}`),
      });
      return { icon: 'cylinder', tone: 'ask', label: words, long: words };
    }
    default:
      return kept satisfies never;
  }
}

export function shownWords(
  shown: Shown,
  phase: Phase,
  teacher: string,
  when: When,
): ChipWords | null {
  switch (shown.state) {
    case 'none': {
      if (phase !== 'planned' && phase !== 'draft' && phase !== 'closed') return null;
      const label = say(`state.${phase}`);
      return { icon: phase === 'planned' ? 'calendar' : 'pencil', tone: '', label, long: label };
    }
    case 'willSubmit':
    case 'willShare':
      return {
        icon: 'clock',
        tone: '',
        label: say(`state.${shown.state}`),
        long: say(`state.${shown.state}.long`),
      };
    case 'submitted':
      return {
        icon: 'tick',
        tone: 'primary',
        label: say('state.submitted'),
        long: say('state.submitted.long', { time: when.moment(shown.at) }),
      };
    case 'shared':
      return {
        icon: 'person',
        tone: 'primary',
        label: say('state.shared'),
        long: say('state.shared.long', {
          teacher,
          n: shown.version,
          time: when.moment(shown.at),
        }),
      };
    case 'acknowledged':
      return {
        icon: 'twoTicks',
        tone: 'ok',
        label: say('state.acknowledged'),
        long: shown.changedSince
          ? say('state.acknowledged.changed', { n: shown.version })
          : say('state.acknowledged.long', {
              teacher,
              n: shown.version,
              date: when.date(millis(shown.at)),
              time: when.time(millis(shown.at)),
            }),
      };
    case 'withdrawn':
      return {
        icon: 'close',
        tone: '',
        label: say('state.withdrawn'),
        long: say('state.withdrawn'),
      };
    default:
      return shown satisfies never;
  }
}

// In a list: the words alone.
export function Chip({ words }: { readonly words: ChipWords }) {
  return (
    <span className={`chip ${words.tone}`}>
      <Icon name={words.icon} />
      {words.label}
    </span>
  );
}

// In a header: a tap says the long sentence.
export function ChipButton({
  words,
  suffix,
}: {
  readonly words: ChipWords;
  readonly suffix?: string;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="chip-button"
        aria-label={`${words.label}${suffix ? ` ${suffix}` : ''}. ${words.long}`}
        onClick={() => setOpen(true)}
      >
        <span className={`chip ${words.tone}`}>
          <Icon name={words.icon} />
          {words.label}
          {suffix ? ` ${suffix}` : ''}
        </span>
      </button>
      {open && (
        <Dialog title={words.label} onClose={() => setOpen(false)}>
          <p className="measure">{words.long}</p>
        </Dialog>
      )}
    </>
  );
}
