// The weekly leadership pack: a half-hour agenda that respects people. It prints.

export const packWords = {
  'pack.title': 'Weekly pack · {date}',
  'pack.print': 'Print',
  'pack.praise': 'Praise this week',
  'pack.praiseCount':
    '{visits, plural, one {# visit} other {# visits}} with praise, for {teachers, plural, one {# teacher} other {# teachers}}.',
  'pack.decisions': 'Decisions due',
  'pack.coverage': 'Coverage by department',
  'pack.coverageWaiting': 'Booked, book soon, overdue',
  'pack.coverageWords': '{booked} booked · {bookSoon} to book soon · {overdue} overdue',
  'pack.toShare': 'Feedback waiting to be shared',
  'pack.toShareRow': '{n, plural, one {# page} other {# pages}}, the longest since {date}',
  'pack.notAcknowledged':
    '{n, plural, one {# feedback was shared ten school days ago or longer and has no answer yet. Never forced.} other {# feedbacks were shared ten school days ago or longer and have no answer yet. Never forced.}}',
  'pack.referrals': 'Referrals and support',
  'pack.referralRow':
    '{plan, select, true {Support plan} other {Referral}}, {revisits, plural, =0 {not revisited yet} one {# re-visit} other {# re-visits}}',
  'pack.steps': 'Agreed steps',
  'pack.stepsRow':
    '{n, plural, =0 {No step is due.} one {# step is due,} other {# steps are due,}} {n, plural, =0 {} other {{overdue} past their day.}}',
  'pack.cycle': 'Six-week cycle',
  'pack.nothing': 'Nothing this week.',
  'pack.due': 'by {date}',
  'pack.overdueSince': 'was due {date}',
  'pack.nobody': 'no owner yet',
  'pack.definitions': 'What the words mean',
  'pack.defCoverage':
    'Visited: enough visits of the rule’s kinds are submitted in the half-term. Always k of n teachers whom the rule asks for.',
  'pack.defShare':
    'Waiting to be shared: more school days after the lesson than the school has agreed.',
  'pack.form': 'Decisions of this meeting',
  'pack.what': 'What',
  'pack.who': 'Who',
  'pack.when': 'By when',
  'pack.foot': 'For the leadership meeting only. Shred after use.',
  'pack.cut': 'A list was cut at 200 lines.',
} as const;
