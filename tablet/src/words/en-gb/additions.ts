// Late work, and who decides about it.

export const additionsWords = {
  // 6.22 Additions and parked work.
  'additions.title': 'Additions and parked work',
  'additions.purpose':
    'It arrived late on visits that you lead. It is kept until you decide, and its words stay its writer’s until you take it in.',
  'additions.none': 'Nothing waits.',
  'additions.asOf': 'As this tablet knew at {time}.',
  'additions.notAsked': 'The server has not been asked yet. This list needs the network once.',
  'additions.written':
    '{author} wrote on {page, select, plan {the plan} sheet {their page} consensus {the common levels} feedback {the feedback} steps {the steps} answers {the answers} other {this visit}}, between {from} and {to}.',
  'additions.roleEnded': 'Written before or around the end of {author}’s role.',
  'additions.why': 'It waits because {reason}.',
  'additions.takeIn': 'Take it in',
  'additions.asked': 'Will be taken in when this tablet connects.',
  'additions.leave': 'Leave it aside',
  'additions.leaveTitle': 'Leave it aside?',
  'additions.leaveHint':
    'It stays with the server and in this list. Say why, for yourself and whoever asks later; it is kept on this tablet.',
  'additions.reason': 'Why it is left aside',
  'additions.left': 'Left aside on this tablet: {reason}',
  'additions.again': 'Decide again',
  'additions.cannot': 'It cannot be taken in. Its writer still has it.',
  'today.turn.additions':
    '{n, plural, one {# addition waits} other {# additions wait}} for you to decide',
  'today.turn.additionsHint': 'Work that arrived late on visits that you lead.',
  'more.additions': 'Additions and parked work',
} as const;
