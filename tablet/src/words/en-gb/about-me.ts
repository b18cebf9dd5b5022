// Who has read about me: no surprises.

export const aboutMeWords = {
  'aboutMe.title': 'Who has read about me',
  'aboutMe.summary':
    '{n, plural, =0 {In the last year nobody read about you} one {In the last year # person read about you} other {In the last year # people read about you}}.',
  'aboutMe.what':
    'Feedback that was shared with you, your page of figures, and lists of figures with your name.',
  'aboutMe.none': 'Nobody but you and the observers.',
  'aboutMe.act':
    '{act, select, feedback {{n, plural, one {one feedback} other {# feedbacks}}} figures {your figures} list {a list of figures with your name} other {something about you}}',
  'aboutMe.left': 'Somebody who is no longer at the school',
  'aboutMe.more': 'There is more, from earlier. The administrator can ask for all of it.',
  'aboutMe.link': 'Who has read about me',
  'aboutMe.figures': 'My figures',
} as const;
