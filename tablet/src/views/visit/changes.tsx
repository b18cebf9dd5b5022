// Two versions side by side: what was before, what is now. Added words are underlined and removed
// ones struck, and both sides say which they are.

import { diffWords } from 'diff';
import type { Version } from '../../app/contract';
import { say } from '../../words/say';
import type { ToldText } from './told';

export interface Change {
  readonly before: string;
  readonly now: string;
}

function paragraphs(version: ToldText): readonly string[] {
  return [
    ...version.strengths,
    version.priority,
    ...version.steps.map((step) => step.text),
    ...version.message,
  ];
}

// The paragraphs that differ, paired in order. A paragraph that only moved is no change.
export function changesBetween(before: Version, now: Version): readonly Change[] {
  const old = paragraphs(before);
  const fresh = paragraphs(now);
  const gone = old.filter((text) => text !== '' && !fresh.includes(text));
  const come = fresh.filter((text) => text !== '' && !old.includes(text));
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, index) => ({
    before: gone[index] ?? '',
    now: come[index] ?? '',
  }));
}

export function Changes({ changes }: { readonly changes: readonly Change[] }) {
  return (
    <>
      {changes.map((change) => {
        const parts = diffWords(change.before, change.now);
        return (
          <div key={`${change.before} ${change.now}`} className="side-by-side">
            <div className="side">
              <p className="second muted strong">{say('read.before')}</p>
              <p>
                {parts
                  .filter((part) => !part.added)
                  .map((part, index) =>
                    part.removed ? (
                      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text in order.
                      <del key={index}>
                        <span className="visually-hidden">{say('read.removed')} </span>
                        {part.value}
                      </del>
                    ) : (
                      part.value
                    ),
                  )}
              </p>
            </div>
            <div className="side">
              <p className="second muted strong">{say('read.now')}</p>
              <p>
                {parts
                  .filter((part) => !part.removed)
                  .map((part, index) =>
                    part.added ? (
                      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text in order.
                      <ins key={index}>
                        <span className="visually-hidden">{say('read.added')} </span>
                        {part.value}
                      </ins>
                    ) : (
                      part.value
                    ),
                  )}
              </p>
            </div>
          </div>
        );
      })}
    </>
  );
}
