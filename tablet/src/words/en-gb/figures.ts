// What every page of figures says: its half-term, how complete it is, and why a number changed.

export const figuresWords = {
  'halfTerm.name':
    '{number, select, 1 {Autumn 1} 2 {Autumn 2} 3 {Spring 1} 4 {Spring 2} 5 {Summer 1} other {Summer 2}}',
  'halfTerm.short':
    '{number, select, 1 {Aut 1} 2 {Aut 2} 3 {Spr 1} 4 {Spr 2} 5 {Sum 1} other {Sum 2}}',
  'halfTerm.days': '{from} to {to}',
  'halfTerm.earlier': 'The half-term before',
  'halfTerm.later': 'The half-term after',
  'halfTerm.which': 'Half-term',

  'figures.sections': 'Pages of {area}',
  'figures.areas': 'Your areas',
  'figures.coverage': 'Coverage',
  'figures.trends': 'Trends',
  'figures.matrix': 'Matrix',
  'figures.halfTerm': 'Half-term figures',
  'figures.federation': 'Schools side by side',
  'figures.pack': 'Weekly pack',
  'figures.cycle': 'Six-week cycle',
  'figures.agreement': 'Observer agreement',
  'figures.management': 'Who holds what',
  'figures.help': 'Referrals',
  'figures.otherPages': 'Other pages',
  'figures.school': 'School',
  'figures.referrals': 'Referrals',
  'figures.none':
    'There is nothing here for you to see. Your own work is under Visits, and what came to you under For me.',
  'figures.endedTitle': 'A role that has ended',
  'figures.ended': 'Your role in {label} ended on {date}. Your own work is still under Visits.',
  'figures.noHalfTerm': 'The school’s calendar has not come to this tablet yet.',
  'figures.notYet': 'This is shown when the tablet has been in touch with the server.',
  'figures.askAgain': 'Ask again',

  'water.asOf': 'As of {time}.',
  'water.lastKnew': 'As this tablet last knew, at {time}.',
  'water.busy': 'The server is busy; this is from {time}.',
  'water.signInEnded': 'Your sign-in has ended; this is from {time}. Sign in to see newer figures.',
  'water.failed': 'Newer figures could not be had; this is from {time}.',
  'water.allSeen': 'Every tablet has been in touch in the last seven days.',
  'water.notSeen': '{n, plural, one {# tablet not seen} other {# tablets not seen}} since {date}.',
  'water.late': '{n, plural, one {# came late.} other {# came late.}}',
  'water.recomputing': 'The figures are being worked out anew; some may still change.',
  'water.recovering':
    'The server was restored from a backup: recovering, {seen} of {of} tablets seen. Figures may still change.',
  'water.why': 'Why did this change?',
  'water.whyTitle': 'Why did this change?',
  'water.whyFirst': 'This is the first time that you look at these figures on this tablet.',
  'water.whyNothing': 'Nothing has changed since you last looked, at {time}.',
  'water.whySince': 'Since you last looked, at {time}:',
  'reason.movedAway':
    '{teacher}, lesson of {lesson}: put under another person, department or half-term on {at}, so it is no longer here.',
  'reason.mergedAway':
    '{teacher}, lesson of {lesson}: two entries of the staff list turned out to be one person on {at}, so it is no longer here.',
  'reason.withdrawn': '{teacher}, lesson of {lesson}: withdrawn on {at}.',
  'reason.rules':
    '{rule, select, policy {The school’s policy} coverageRule {The rule “{name}”} rubric {The rubric “{name}”} calendar {The school calendar} cycle {The cycle “{name}”} other {{name}’s entry in the staff list}} changed on {at}.',
  'water.whyNone': 'Changes are shown here the next time that you look.',
} as const;
