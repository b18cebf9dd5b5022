// The place of the pages of heads, leaders, Advanced Skills Teachers and administrators. It says
// honestly that they are not here yet, and where the figures are meanwhile.

import { say } from '../../words/say';
import { Icon } from '../frame/icons';
import { Empty, Page } from '../frame/page';
import { useApp, useStore } from '../frame/reading';

export function PlaceScreen() {
  const app = useApp();
  const { third } = useStore(app.tablet);
  const place = third?.place ?? 'department';
  const office = place === 'people' || place === 'tablets' || place === 'keeping';
  return (
    <Page title={third?.label || say(`nav.${place}`)}>
      <Empty>
        <Icon name="chart" />
        <p>{say(`place.${place}`)}</p>
        {!office && (
          <>
            <p>{say('place.notYet')}</p>
            <p>{say('place.visitsStill')}</p>
          </>
        )}
      </Empty>
    </Page>
  );
}
