// Which rooms? A department's corridor, or whoever was seen least recently.

import { useLocation } from 'wouter';
import type { WalkChoice } from '../../app/contract';
import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { Empty, Page, Shown } from '../frame/page';
import { useApp, useGesture, useStore } from '../frame/reading';

export function WalkStart() {
  const app = useApp();
  const choices = useStore(app.walkChoices);
  const run = useGesture();
  const [, go] = useLocation();
  const start = async (choice: WalkChoice) => {
    const walk = await run(() => app.startWalk(choice));
    if (walk) go(`/walk/${walk.walkId}`);
  };
  return (
    <Page
      title={say('walk.title')}
      subtitle={say('walk.noLevels')}
      back={{ to: '/visits', place: say('nav.visits') }}
      narrow
    >
      <h2>{say('walk.choose')}</h2>
      <Shown loaded={choices}>
        {(list) =>
          list.length === 0 ? (
            <Empty>
              <p>{say('walk.empty')}</p>
            </Empty>
          ) : (
            <ul className="list">
              {list.map((choice) => (
                <li key={choice.id}>
                  <button type="button" className="row-button" onClick={() => void start(choice)}>
                    <Icon name={choice.order === 'leastRecent' ? 'clock' : 'door'} />
                    <span className="fill strong">
                      {say(`walk.order.${choice.order}`, { department: choice.label })}
                    </span>
                    <span className="second muted">{say('walk.rooms', { n: choice.rooms })}</span>
                    <Icon name="forward" />
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </Page>
  );
}
