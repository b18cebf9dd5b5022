// The pages of heads, leaders and governors, and a teacher's own figures, in each of their states.

import { describeScreens } from './gallery/showing';

describeScreens(
  'figures',
  [
    ['coverage', 'busy', '/place/coverage/mathematics'],
    ['coverage-offline', 'offline', '/place/coverage/mathematics'],
    ['coverage-empty', 'empty', '/place/coverage/mathematics'],
    ['coverage-never', 'trouble', '/place/coverage/mathematics'],
    ['coverage-large', 'large', '/place/coverage/mathematics'],
    ['coverage-school', 'busy', '/place/coverage/school'],
    ['trends-department', 'busy', '/place/trends/mathematics'],
    ['trends', 'busy', '/place/teacher/kaur'],
    ['trends-large', 'large', '/place/teacher/kaur'],
    ['trends-empty', 'empty', '/place/teacher/kaur'],
    ['trends-mine', 'busy', '/for-me/figures'],
    ['matrix', 'busy', '/place/matrix/school'],
    ['matrix-frozen', 'busy', '/place/matrix/mathematics'],
    ['matrix-large', 'large', '/place/matrix/school'],
    ['matrix-empty', 'empty', '/place/matrix/school'],
    ['half-term', 'busy', '/place/halfTerm/school'],
    ['half-term-large', 'large', '/place/halfTerm/school'],
    ['pack', 'busy', '/place/pack/school'],
    ['pack-empty', 'empty', '/place/pack/school'],
    ['pack-large', 'large', '/place/pack/school'],
    ['cycle', 'busy', '/place/cycle/school'],
    ['cycle-empty', 'empty', '/place/cycle/school'],
    ['help', 'busy', '/place/help/mathematics'],
    ['help-led', 'busy', '/place/help/school'],
    ['help-empty', 'empty', '/place/help/school'],
    ['agreement', 'busy', '/place/agreement/school'],
    ['agreement-empty', 'empty', '/place/agreement/school'],
    ['management', 'busy', '/place/management/school'],
    ['management-empty', 'empty', '/place/management/school'],
    ['about-me', 'busy', '/more/readers'],
    ['about-me-empty', 'empty', '/more/readers'],
  ],
  [
    ['pack', 'busy', '/place/pack/school'],
    ['half-term', 'busy', '/place/halfTerm/school'],
  ],
);
