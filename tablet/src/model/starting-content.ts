// What Halfterm brings for the elements of its own rubric, by their codes: the words of the link row, what
// to look for, praise by one tap and ways to begin a next step. The rubric itself, with its levels, is
// the school's and comes from the server; an element with another code has none of these.

export interface ElementContent {
  // At most 14 characters.
  readonly short: string;
  readonly lookFor: string;
  readonly praiseTags: readonly string[];
  readonly nextStepStems: readonly string[];
}

export const elementContent: Readonly<Record<string, ElementContent>> = {
  ROU: {
    short: 'Welcome',
    lookFor:
      'How do pupils come in, start, change task and leave? What happens without being said?',
    praiseTags: [
      'Warm welcome',
      'Straight to work',
      'Calm changes of task',
      'Nobody overlooked',
      'Thoughtful ending',
    ],
    nextStepStems: [
      'Have the first task on the desk before …',
      'Teach the signal for … and wait for everyone once',
      'Say the three steps of the move before anyone moves',
      'Give one pupil at each table the job of …',
    ],
  },
  PUR: {
    short: 'Purpose',
    lookFor: 'Can pupils say what they are learning, why it matters and what good looks like?',
    praiseTags: [
      'Purpose everyone could say',
      'Good example shown',
      'Linked to last lesson',
      'Reason that mattered',
      'One thing, done well',
    ],
    nextStepStems: [
      'Ask two pupils to put the purpose into their own words before …',
      'Show one finished example and ask what makes it good',
      'Come back to the purpose half-way through by …',
      'Leave out one task so that …',
    ],
  },
  EXP: {
    short: 'Explaining',
    lookFor: 'How is the new idea made plain? What do pupils see and hear while it is being done?',
    praiseTags: [
      'Thinking said aloud',
      'Small steps',
      'Telling counter-example',
      'Words made precise',
      'Drawn, not only said',
    ],
    nextStepStems: [
      'Do one example in silence, then again aloud',
      'Add an example that is nearly right and ask what is wrong',
      'Cut the explanation at the point where pupils can …',
      'Put the three new words on the board and use them each …',
    ],
  },
  QUE: {
    short: 'Questioning',
    lookFor: 'Who is asked, how long do they have, and what happens to the answer?',
    praiseTags: [
      'Real wait',
      'Why, not only what',
      'Everyone asked to think',
      'Wrong answer used well',
      'Pupils asked the question',
    ],
    nextStepStems: [
      'Choose names before the question by …',
      'Wait three seconds before and after …',
      'Follow a right answer with “how do you know?” in …',
      'Let pairs talk for thirty seconds before …',
    ],
  },
  THI: {
    short: 'Thinking',
    lookFor: 'How can the teacher, and the pupils, see what everyone is thinking?',
    praiseTags: [
      'Every board up',
      'Drafts welcomed',
      'Mistake on display',
      'Sketch before words',
      'Thinking compared',
    ],
    nextStepStems: [
      'Ask for every whiteboard at once when …',
      'Stop at the half-way point and look at three drafts',
      'Put one honest mistake under the visualiser and …',
      'Give a minute of private writing before …',
    ],
  },
  PRA: {
    short: 'Practice',
    lookFor: 'Is there enough practice of the right thing, and something to reach for?',
    praiseTags: [
      'Enough turns',
      'Help taken away in time',
      'Hard work enjoyed',
      'Nobody left waiting',
      'Right first, then fast',
    ],
    nextStepStems: [
      'Add three more turns of … before going on',
      'Take away the prompt after …',
      'Give everyone the hard question at …',
      'Offer two starting points and let pupils …',
    ],
  },
  CHK: {
    short: 'Checking',
    lookFor: 'What does the teacher find out during the lesson, and what changes because of it?',
    praiseTags: [
      'Noticed and changed course',
      'Check at the right moment',
      'Quiet help at the desk',
      'Back a step, then on',
      'Right pupils helped first',
    ],
    nextStepStems: [
      'Ask one hinge question before … and decide what each answer means',
      'Go first to the table that …',
      'Keep a short task ready for those who …',
      'Re-teach the step … to the four who need it while …',
    ],
  },
  TAL: {
    short: 'Talk',
    lookFor: 'Who talks, to whom, in what kind of sentences? Who has been silent?',
    praiseTags: [
      'Full sentences',
      'Quiet voice heard',
      'Kind disagreement',
      'Subject words used',
      'Listening shown',
    ],
    nextStepStems: [
      'Give a sentence start for …',
      'Name who speaks first in each pair when …',
      'Note who has not spoken by the half-way point and …',
      'Ask for the answer again, with the word …',
    ],
  },
  BOO: {
    short: 'Books',
    lookFor:
      'What do books, folders or pieces show over weeks, and what do pupils do with feedback?',
    praiseTags: [
      'Change after feedback',
      'Pride in the page',
      'Short and useful comment',
      'Growth over weeks',
      'Pupils helped each other',
    ],
    nextStepStems: [
      'Give the first five minutes of … to acting on feedback',
      'Mark one paragraph for one thing',
      'Ask pupils to show where they changed …',
      'Use a code for … instead of writing it',
    ],
  },
};

// The words of a ladder of four levels, where the rubric gives sentences alone. They describe the lesson,
// not the teacher; there is no total.
export const levelWords: readonly string[] = [
  'Getting started',
  'Taking shape',
  'Working well',
  'Worth sharing',
];
