// Walk-rounds.

export const walkWords = {
  // 6.9 Walk-round.
  'walk.title': 'Walk-round',
  'walk.noLevels': 'No levels on a walk',
  'walk.noLevelsSmall': 'no levels on a walk',
  'walk.levelsAllowed': 'Levels are allowed on walks here (policy of {date}).',
  'walk.choose': 'Which rooms?',
  'walk.order.leastRecent': 'Least recently seen',
  'walk.order.department': 'Through {department}',
  'walk.rooms': '{n, plural, one {# room} other {# rooms}}',
  'walk.progress': '{k} of {n} rooms',
  'walk.lastSeen': 'last seen {when}',
  'walk.notSeen': 'not seen yet this year',
  'walk.supply': 'Supply cover',
  'walk.notCounted': 'not counted',
  'walk.hereNow': 'Here now',
  'walk.skipped': 'Skipped',
  'walk.seen': 'Seen',
  'walk.seenHint': 'I looked in; nothing more to say',
  'walk.praise': 'Praise',
  'walk.praiseHint': 'Reaches {teacher} today',
  'walk.help': 'Offer of help',
  'walk.helpHint': 'A draft for you to finish later',
  'walk.helpLogged':
    'A draft for you to finish later. Nothing is sent before you have spoken with {teacher}.',
  'walk.skip': 'Skip room',
  'walk.howItWorks':
    'One tap logs the room and opens the next. A sentence can be added to praise, now or later.',
  'walk.justLogged': 'Just logged',
  'walk.undo': 'Undo',
  'walk.addSentence': 'Add a sentence',
  'walk.sentence': 'What did you see that should happen again? (no pupil names)',
  'walk.saveSentence': 'Keep the sentence',
  'walk.end': 'End walk',
  'walk.ended':
    '{rooms, plural, one {# room} other {# rooms}} in {minutes, plural, one {# minute} other {# minutes}}: {seen} seen, {praised} praised, {help, plural, one {# offer} other {# offers}} of help.',
  'walk.endQuestion': 'End this walk?',
  'walk.praiseWillReach':
    'Will reach {n, plural, one {# teacher} other {# teachers}} when this tablet connects.',
  'walk.praiseReaches': 'Praise reaches {n, plural, one {# teacher} other {# teachers}} today.',
  'walk.goOn': 'Go on walking',
  'walk.allLogged': 'Every room is logged.',
  'walk.empty': 'No rooms on this walk. Choose a corridor, a year group, or least recently seen.',
  'walk.alsoHere': '{name} was here too at {time}.',
  'walk.notLogged': 'not logged',
  'walk.subtitle': '{day}{period} · {levels}',
} as const;
