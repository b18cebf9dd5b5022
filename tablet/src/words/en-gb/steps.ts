// Agreed steps, and looking in on them.

export const stepsWords = {
  'steps.title': 'Steps',
  'steps.purpose': 'One step becomes a habit.',
  'steps.all': 'All steps',
  'steps.mine': 'My steps',
  'steps.toLookIn': 'To look in on',
  'steps.settled': 'Habits, and what was dropped',
  'steps.empty': 'No steps yet. They are agreed in the conversation after a visit.',
  'steps.noneOpen': 'No step is open.',
  'steps.agreed': 'agreed after {date}',
  'steps.check': 'Looked in on {date}',
  'steps.checkPlanned': 'The look-in is planned for {date}',
  'steps.checkNamed': 'A look-in is named',
  'steps.openCheck': 'Open the look-in',
  'steps.start': 'Start the look-in',
  'steps.startNamed': 'Start the look-in with {teacher}',
  'steps.plan': 'Plan the look-in',
  'steps.planTitle': 'Look in on {teacher}',
  'steps.loadFull': 'The agreed visits are used up: another one needs a reason.',
  'steps.link': 'An earlier visit was the look-in',
  'steps.newDay': 'New date',
} as const;
