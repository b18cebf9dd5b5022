// What the words of frozen figures mean, on each page that shows them and on paper.

import { say } from '../../words/say';

export function Definitions() {
  return (
    <section className="section second">
      <h2>{say('frozen.definitions')}</h2>
      <p className="measure">{say('frozen.defVisited')}</p>
      <p className="measure">{say('frozen.defMean')}</p>
      <p className="measure">{say('frozen.defHidden')}</p>
    </section>
  );
}
