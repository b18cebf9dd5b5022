// Who can see this? Sentences are put together in who-can-see.ts.

export const whoWords = {
  'who.question': 'Who can see this?',
  'who.hod': 'the head of {department}',
  'who.headPerson': '{name}, as head',
  'who.senior': 'senior leaders',
  'who.otherSenior': 'other senior leaders',
  'who.exists': 'can see that the visit exists (date, kind, observer), not what is written',
  'who.admin': 'The administrator and the data protection officer see only that it exists.',
  'who.next.submit': 'When you submit:',
  'who.next.share': 'When you share:',
  'who.next.close': 'When it is closed:',
  'who.next.submit.asReader': 'When it is submitted:',
  'who.next.share.asReader': 'When it is shared:',
  'who.planned.announced': '{readers} can see this plan.',
  'who.planned.unannounced':
    '{readers} can see this plan. {teacher} cannot see it before the lesson.',
  'who.draft': 'Only you can read this.',
  'who.draft.exists': '{readers} {exists}; so can {teacher} after the lesson.',
  'who.draft.existsNoTeacher': '{readers} {exists}.',
  'who.draft.team':
    'Only you can read your page. {n, select, 2 {{others} writes another; neither of you reads the other’s page until both are submitted} other {{others} write their own; nobody reads another’s page until all {n, select, 3 {three} 4 {four} other {{n}}} are submitted}}.',
  'who.draft.asReader':
    '{n, plural, one {Only {observers} can read this.} other {{observers} each read their own page, until all are submitted.}}',
  'who.submitted': '{readers} can read this. {teacher} {exists}, and reads it when you share it.',
  'who.submitted.asReader':
    '{readers} can read this. {teacher} {exists}, and reads it when it is shared.',
  'who.submitted.asTeacher':
    '{readers} can read this. You {exists}; you read it when it is shared.',
  'who.submitted.noTeacher': '{readers} can read this.',
  'who.shared':
    '{readers} can read this. {teacher} may let a coach or mentor read it. Governors see only whole-school figures, never a name.',
  'who.shared.asTeacher':
    '{readers} can read this. You may let a coach or mentor read it. Governors see only whole-school figures, never your name.',
  'who.referral': '{helper} reads the elements named in the referral: {elements}.',
  'who.grants': '{names} can read it too, because {teacher} chose to.',
  'who.grants.asTeacher': '{names} can read it too, because you chose to.',
  'who.queried':
    'The same people can read this and {teacher}’s question. {element} is left out of every figure until you have answered.',
  'who.queried.asTeacher':
    'The same people can read this and your question. {element} is left out of every figure until it has been answered.',
  'who.queried.all': 'The whole visit',
  'who.acknowledged': 'The same people as when it was shared.',
  'who.closed':
    '{readers} can read this until {date}. Coaches and Advanced Skills Teachers no longer can.',
  'who.closed.noDate':
    '{readers} can read this while it is kept. Coaches and Advanced Skills Teachers no longer can.',
  'who.withdrawn':
    'You and {teacher} can see that this was withdrawn, and why. {others} see only that it was withdrawn. It counts in no figure.',
  'who.erased':
    'Nobody can read this. It was erased on {date}. {n, plural, =0 {} one {# tablet has not been in touch since; it erases it at its next contact.} other {# tablets have not been in touch since; they erase it at their next contact.}}',
  'who.walk':
    'Only you, until you end the walk. Then {leaders}. Praise goes to {teacher} the same day.',
  'who.coach.draft': 'Only you. Nobody else can see that this exists.',
  'who.coach.submitted': 'Only you can read this. {teacher} can see that it exists.',
  'who.coach.shared':
    'Only you and {teacher}, who may let others read this one. {hod} sees how many coaching visits there were and the date of the last. Senior leaders can see that it exists.',
  'who.coach.shared.asTeacher':
    'Only you and {observer}. You may let others read this one. {hod} sees how many coaching visits there were and the date of the last. Senior leaders can see that it exists.',
  'who.coach.granted':
    'You, {teacher} and {names}, because {teacher} chose to. {teacher} can take that back.',
  'who.coach.granted.asTeacher':
    'You, {observer} and {names}, because you chose to. You can take that back.',
  'who.peer':
    'Only you and {teacher}. It belongs to {teacher}, who can delete both copies until it is closed. {hod} sees a tick for the half-term, without your name. Senior leaders see a department’s count only when it is 5 or more.',
  'who.peer.asTeacher':
    'Only you and {observer}. It belongs to you; you can delete both copies until it is closed. {hod} sees a tick for the half-term, without {observer}’s name. Senior leaders see a department’s count only when it is 5 or more.',
  'who.informal': 'Only you and {teacher}. It is deleted on {date}, after 90 days.',
  'who.informal.noDate': 'Only you and {teacher}. It is deleted after 90 days.',
  'who.self': 'Only you. You may let someone read it.',
  'who.self.granted': 'You and {names}, because you chose to. You can take that back.',
  'who.calib': 'Only you. Leaders see how closely observers agree, never a lesson or a teacher.',
  'who.calib.asked': '{teacher} asked for feedback and can read it.',
  'who.review.before':
    'You and the host school’s lead until the joint findings. No teacher is named. Your access ends on {date}.',
  'who.review.beforeNoDate':
    'You and the host school’s lead until the joint findings. No teacher is named. Your access ends 14 days after the visit.',
  'who.review.agreed':
    'The host school, the guest schools and the executive can read the agreed report. No teacher is named.',
  'who.referral.draft': 'Only you. It goes nowhere before you have spoken with {teacher}.',
  'who.referral.agreed':
    'You, {teacher}, {helper} and {hod}. {helper} reads only the elements you named.',
  'who.upward':
    'Nobody can tell who wrote this. {target} reads a summary when 5 or more people have answered.',
  'who.breakGlass':
    '{head} and {dpo} can read this until {time}, because: {reason}. {teacher} has been told.',
  'who.chip.onlyYou': 'Only you',
  'who.chip.two': 'You and {name}',
  'who.chip.only': 'Only {name}',
  'who.chip.groups': '{n, plural, one {# group} other {# groups}}',
  'who.chip.nobody': 'Nobody',
  'who.list': 'Who reads it now',
  'who.sees.all': '{many, select, yes {read it} other {reads it}}',
  'who.sees.exists': '{many, select, yes {see} other {sees}} that it exists',
  'who.sees.nothing': '{many, select, yes {see} other {sees}} nothing',
  'who.why.you': 'you wrote it, or it is about your lesson',
  'who.why.teacher': 'the lesson is theirs',
  'who.why.observer': 'also in this lesson',
  'who.why.hod': 'leads the department of the lesson',
  'who.why.senior': 'lead the school',
  'who.why.head': 'leads the school, and the teacher is a senior leader',
  'who.why.granted': 'the teacher chose to',
  'who.why.helper': 'helps, and the teacher agreed',
  'who.you': 'You',
  'who.seniorName': 'Senior leaders',
  'who.hodName': 'Head of {department}',
  'who.now': 'Now',
} as const;
