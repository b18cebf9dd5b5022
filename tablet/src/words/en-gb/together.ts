// A colleague who is in the same lesson.

export const togetherWords = {
  'together.offer': 'Let a colleague join',
  'together.offerHint':
    'On the other tablet: New visit, then “Join a colleague’s visit”. Hold this code in front of its camera. No network is needed.',
  'together.picture': 'The code of this visit, for another tablet’s camera',
  'together.letters': 'Or type {letters}, where the other tablet shows this visit already.',
  'together.apart':
    'Each of you writes a page of your own. You see each other’s when all are submitted.',
  'together.join': 'Join a colleague’s visit',
  'together.joinHint':
    'Your colleague’s tablet shows the code: on the visit, “Who can see this?”, then “Let a colleague join”.',
  'together.scanHint': 'Hold the code on your colleague’s tablet in front of the camera.',
  'together.look': 'Look for the visit',
  'together.unknown':
    'That code is of no visit that this tablet knows. Scan it from your colleague’s tablet.',
  'together.mine': 'This is your own lesson. You will read about it when your colleague shares it.',
  'together.with': 'With {lead}',
  'together.go': 'Join this visit',
  'together.another': 'Another code',
  'together.offline':
    'You can write at once. You are added when this tablet connects and your role allows it.',

  // 6.5 Same lesson.
  'sameLesson.title': 'Same lesson?',
  'sameLesson.question':
    'You and {colleague} have both opened {lesson}, {date}{period}. Is it one lesson?',
  'sameLesson.questionOwn': 'You have opened {lesson}, {date}{period}, twice. Is it one lesson?',
  'sameLesson.period': ', period {n}',
  'sameLesson.where': 'If it is one lesson, your page goes on in {colleague}’s visit.',
  'sameLesson.whereOwn': 'If it is one lesson, both pages become one.',
  'sameLesson.yes': 'Yes, one lesson: keep both pages',
  'sameLesson.yesOwn': 'Yes, one lesson: keep everything',
  'sameLesson.no': 'No, two lessons',
  'sameLesson.feedbackBegun':
    'You have begun feedback in your visit, and {colleague} shares the feedback in theirs. Copy what you need into your page first.',
  'sameLesson.open': 'Open my visit',
  'sameLesson.joining':
    'One lesson: this page goes into the other visit when this tablet connects. You can go on writing.',
  'sameLesson.gone': 'This lesson goes on in one visit. Nothing of this page was lost.',
} as const;
