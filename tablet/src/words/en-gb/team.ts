// One lesson that several people observed.

export const teamWords = {
  // 6.8 Team.
  'team.title': 'Team page',
  'team.open': 'Team page',
  'team.waiting':
    'Waiting for {names}. Pages open when all {n, plural, =2 {two} =3 {three} other {#}} are submitted.',
  'team.waitingSome':
    'Waiting for one or more of {names}. Pages open when all {n, plural, =3 {three} other {#}} are submitted.',
  'team.yours': 'Your page is not submitted yet. Pages open to each other when all are.',
  'team.submitted': '{name} has submitted.',
  'team.writing': '{name} is still writing.',
  'team.excused': '{name} is excused.',
  'team.pages': 'Pages of this visit',
  'team.excuse': 'Go on without {name}',
  'team.excuseTitle': 'Go on without {name}?',
  'team.excuseHint':
    'No page is expected of {name} any more. What {name} has written stays, and can still be submitted.',
  'team.nothingRated': 'Nobody gave a level. There is nothing to agree.',
  'team.allSay': 'All say {n} {word}.',
  'team.allNotSeen': 'Nobody saw it.',
  'team.differ': '{said}. What do you agree?',
  'team.says': '{name} says {n} {word}',
  'team.saysNotSeen': '{name} did not see it',
  'team.saysNothing': '{name} gave no level',
  'team.some': '{k} of {n} say {level} {word}',
  'team.take':
    '{n, plural, one {Take over the level that all share} other {Take over the # levels that all share}}',
  'team.level': 'Agreed level of {element}',
  'team.evidence': 'Notes on it ({n})',
  'team.undecided': 'Two levels were chosen at once. {lead} is asked which stands.',
  'team.reason': 'Why, where you differed',
  'team.reasonHint': 'One or two sentences that you would all sign.',
  'team.agreement': 'Who agrees',
  'team.agreed': '{name} agrees to these levels.',
  'team.notAgreed': '{name} has not agreed to these levels yet.',
  'team.youAgreed': 'You agree to these levels.',
  'team.youNotAgreed': 'You have not agreed to these levels yet.',
  'team.agree': 'Agree to these levels',
  'team.agreeHint': 'If anybody changes a level afterwards, all are asked again.',
  'team.agreeNeeds': 'Choose at least one level first.',
  'team.done':
    'Agreed by all {n, plural, =2 {two} =3 {three} other {#}} on {date}. Counts as one visit.',
  'team.doneHere': 'Agreed by all {n, plural, =2 {two} =3 {three} other {#}}. Counts as one visit.',
  'team.toFeedback': 'Write the feedback',
  'team.levelsLeftOut':
    'Levels go to the teacher once all observers have agreed on them. Until then the feedback goes without levels.',
} as const;
