// 6.28 Open doors.

export const doorsWords = {
  'doors.title': 'Open doors',
  'doors.purpose':
    'Colleagues come because they are asked. A visitor writes an informal note, and only the teacher reads it.',
  'doors.open': 'Open my door',
  'doors.empty': 'No open doors this week. Yours could be the first.',
  'doors.none': 'Open doors are for the school’s staff.',
  'doors.mine': 'My doors',
  'doors.later': 'Later this half-term',
  'doors.asOf': 'As the server said at {time}.',
  'doors.offline':
    'As the server said at {time}. To open a door, or to come, this tablet needs the network.',
  'doors.failed': 'The server could not be asked. What is shown is as of {time}.',
  'doors.period': 'period {n}',
  'doors.minutes': '{n} minutes',
  'doors.lookFor': 'What you might like to see:',
  'doors.places':
    '{left, plural, =0 {{of, plural, one {The one place is taken} other {All # places are taken}}} one {# place left of {of}} other {# places left of {of}}}',
  'doors.nobodyYet': 'Nobody has said they will come yet.',
  'doors.whoComes':
    '{n, plural, one {{names} comes} other {{names} come}}. Nobody else is told who.',
  'doors.come': 'Visit',
  'doors.comeTo': 'Visit {teacher}, {date}',
  'doors.coming': 'You are coming',
  'doors.stayAway': 'I cannot come',
  'doors.write': 'My note',
  'doors.full': 'Full',
  'doors.over': 'Over',
  'doors.change': 'Change',
  'doors.close': 'Close my door',
  'doors.closeTitle': 'Close this door?',
  'doors.closeHint':
    '{n, plural, =0 {Nobody has said they will come.} one {# colleague has said they will come; please tell them.} other {# colleagues have said they will come; please tell them.}} Nothing is kept of it.',
  'doors.form': 'Open my door',
  'doors.formChange': 'Change my door',
  'doors.date': 'Day',
  'doors.time': 'Begins at',
  'doors.class': 'Class',
  'doors.room': 'Room',
  'doors.look': 'Look at the open doors',
  'doors.lookForField': 'What you might like to see',
  'doors.placesField': 'How many may come',
  'doors.minutesField': 'Minutes',
  'doors.periodField': 'Period',
  'doors.periodNone': 'Not said',
  'doors.beside': 'Lessons to which colleagues may come this week.',
} as const;
