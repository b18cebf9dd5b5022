// Element by department, and the frozen half-term figures that everybody outside reads.

export const matrixWords = {
  'matrix.title': 'Element by department',
  'matrix.live': 'The mean of the teachers’ means, {halfTerm}.',
  'matrix.frozen':
    '{halfTerm}, frozen on {date}. It does not change until the next half-term is frozen.',
  'matrix.cell':
    '{element}, {department}: {value}, {word}, {teachers, plural, one {# teacher} other {# teachers}}, {n, plural, one {# lesson} other {# lessons}}',
  'matrix.notEnough': '{element}, {department}: not enough yet',
  'matrix.hidden': '{element}, {department}: not shown',
  'matrix.open': 'Open the department’s trends',
  'matrix.department': 'Department',
  'matrix.legendNotEnough': 'not enough yet',
  'matrix.legendHidden': 'not shown, so that nobody can be worked out',
  'matrix.tap': 'Tap a cell for its words.',
  'matrix.about': 'About this cell',
  'matrix.empty': 'No department has a counted lesson in this half-term.',
  'matrix.noneFrozen':
    'No half-term has been frozen yet. These figures are made when a half-term has closed. A role over several schools reads them side by side.',

  'frozen.title': 'Half-term figures',
  'frozen.frozen': 'Frozen on {date}. It does not change until the next half-term is frozen.',
  'frozen.replaced': 'Replaced on {date}: visits arrived late.',
  'frozen.whole': 'The whole school',
  'frozen.coverage': 'Visits',
  'frozen.coverageRow': '{k} of {n} teachers',
  'frozen.loop': 'After the visit',
  'frozen.shareDays':
    'Feedback shared within {n, plural, =0 {the same school day} one {# school day} other {# school days}} (middle value)',
  'frozen.shareLong': 'Feedback shared after {n} school days or more (middle value)',
  'frozen.acknowledged': 'Feedback acknowledged: {k} of {n}',
  'frozen.steps': 'Agreed steps looked at again: {k} of {n}',
  'frozen.departments': 'Departments',
  'frozen.element': 'Element',
  'frozen.mean': 'Mean of the teachers’ means',
  'frozen.teachers': 'Teachers',
  'frozen.lessons': 'Lessons',
  'frozen.notShown':
    'Not shown: fewer than five teachers, or it could be worked out from other figures.',
  'frozen.definitions': 'What the words mean',
  'frozen.defVisited':
    'Visited: enough visits of the rule’s kinds were submitted in the half-term. Always as k of n teachers whom the rule asks for.',
  'frozen.defMean':
    'Mean of the teachers’ means: each teacher counts once, whatever the number of their lessons. From 1 to 4.',
  'frozen.defHidden':
    'Figures of fewer than five teachers or ten lessons are left out, and so is whatever would let somebody work them out.',
  'frozen.print': 'Print',
  'frozen.hidden': 'not shown',
  'federation.title': 'Schools side by side · {halfTerm}',
  'federation.school': 'School',
  'federation.share': 'Days to feedback (middle value)',
  'federation.acknowledged': 'Acknowledged',
  'federation.steps': 'Steps looked at again',
  'federation.frozen': 'Frozen on',
  'federation.kOfN': '{k} of {n}',
  'federation.noneFrozen': 'No school has frozen this half-term.',
  'federation.note':
    'Each school’s own figures, frozen and the same for everybody who may read them. Nothing is added up over schools, and nothing is ranked.',
  'federation.nothing':
    'Nothing to compare here: your role is of one school, or no half-term is frozen.',
  'frozen.none':
    'No half-term has been frozen yet. These figures are made when a half-term has closed.',
} as const;
