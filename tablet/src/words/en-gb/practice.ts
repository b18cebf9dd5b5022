// The six-week cycle, help, how alike observers rate, and who holds what.

export const practiceWords = {
  'cycle.week': 'Week {k} of {n}',
  'cycle.paused': 'Paused for the holiday; week {k} begins on {date}.',
  'cycle.notBegun': '{title} begins on {date}.',
  'cycle.over': '{title} ended on {date}.',
  'cycle.days': '{from} to {to}.',
  'cycle.checkpoint': 'Next look at progress: {date}.',
  'cycle.none': 'The school has no six-week cycle in its calendar.',
  'cycle.aims': 'Aims',
  'cycle.aimsMet': '{k} of {n} aims with a number are reached',
  'cycle.noAims': 'No aim is written yet.',
  'cycle.checkPoints': 'Week by week',
  'cycle.checkPoint':
    '{state, select, onTrack {As planned} behind {Behind the plan} reached {Reached} other {Not said}}',
  'cycle.weekNumber': 'Week {n}',
  'cycle.decisions': 'Decisions',
  'cycle.noDecisions': 'No decision is written yet.',
  'cycle.done': 'Done',
  'cycle.open': 'Open',
  'cycle.overdue': 'Was due on {date}. Done, or a new date?',
  'cycle.notBegunReview': 'Nobody has begun this review.',

  'help.empty': 'No open referrals.',
  'help.consented': '{teacher} agreed.',
  'help.waiting': 'Not open to you before {teacher} agrees.',
  'help.refused': '{teacher} does not want this now.',
  'help.next': 'Next: {date}',
  'help.aims': 'Plan',
  'help.steps': 'Steps',
  'help.revisits': 'Re-visits',
  'help.noRevisits': 'Not re-visited yet.',
  'help.evidence': 'What was seen: {element} {level}',
  'help.elements': 'Elements: {elements}',
  'help.plan': 'Support plan',
  'help.referral': 'Referral',
  'help.helper': 'Helped by {name}',
  'help.outcome':
    '{outcome, select, embedded {A habit now} continuing {Carrying on} other {Not needed after all}}',
  'help.planRevisit': 'Plan a re-visit',
  'help.departments': 'Departments, without names',
  'help.departmentsNone':
    'No half-term has been frozen yet, or too few teachers stand behind each figure.',
  'help.stepUntil': 'by {date}',

  'agreement.own': 'You and the others in the same lesson',
  'agreement.school': 'All observers',
  'agreement.none': 'You have not yet been in a lesson together with another observer.',
  'agreement.since': 'Lessons since {date}.',
  'agreement.exact': 'The same level: {k} of {n}',
  'agreement.withinOne': 'At most one level apart: {k} of {n}',
  'agreement.kappa': 'Quadratic-weighted kappa {value} (95 % from {low} to {high})',
  'agreement.icc': 'ICC(2,1) {value} (95 % from {low} to {high})',
  'agreement.few': '{n} of 20 pairs of levels; kappa and ICC appear then.',
  'agreement.pairs':
    '{pairs, plural, one {# pair of levels} other {# pairs of levels}} from {visits, plural, one {# shared lesson} other {# shared lessons}}, {observers, plural, one {# observer} other {# observers}}',
  'agreement.withheld': 'Not shown: fewer than five observers.',
  'agreement.element': 'Element',
  'agreement.sameLevel': 'Same level',
  'agreement.oneApart': 'At most one apart',
  'agreement.kOfN': '{k} of {n}',
  'agreement.certificate': 'Your certificate',
  'agreement.certificates': 'Certificates (A–Z)',
  'agreement.certificateState':
    '{state, select, valid {Valid until {date}.} endsSoon {Valid until {date}; a calibration renews it.} expired {Ended on {date}. Pages written since are marked “not certified”; they still help the teacher.} other {None yet.}}',
  'agreement.drift':
    'The last ten shared lessons were less alike than before. A calibration takes 20 minutes.',
  'agreement.doubleCoded': 'Department visits with two pages or more: {k} of {n}',

  'management.strand': 'Strand',
  'management.strandName':
    '{strand, select, all {All strands} teaching {Teaching} learning {Learning} behaviour {Behaviour} other {The whole}}',
  'management.status':
    '{status, select, planned {Agreed, not begun} underWay {Under way} inPlace {In place} needsHelp {Needs help} other {Not begun}}',
  'management.role': 'Role',
  'management.roleName':
    '{role, select, HOD {Head of department} SLT {Senior leader} HEAD {Head} AST {Advanced Skills Teacher} COACH {Coach} MENTOR {Mentor} TEACHER {Teacher} CHAMPION {Improvement champion} GOVERNOR {Governor} EXEC {Executive} PEER {Peer observer} ADMIN {Administrator} DPO {Data protection officer} REVIEWER {Reviewer} other {Partner}}',
  'management.nobody': 'Nobody holds this yet.',
  'management.ends': 'Ends {date}. Write a hand-over note.',
  'management.evidence':
    '{n, plural, =0 {no evidence} one {# piece of evidence} other {# pieces of evidence}}',
  'management.gaps': 'Gaps',
  'management.noGaps': 'No gaps.',
  'management.gap':
    '{why, select, noOwner {nobody holds it} ownerGone {the owner is no longer in the role} noObjective {no objective} noEvidence {no evidence yet} other {nobody has begun it}}',
  'management.empty': 'Nobody has begun this matrix yet.',
} as const;
