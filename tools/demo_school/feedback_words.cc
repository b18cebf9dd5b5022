// What is said to the teacher, and what the teacher says.

#include <string>

#include "absl/strings/str_replace.h"
#include "tools/demo_school/words.h"

namespace halfterm::tools {
namespace {

constexpr const char* kStrengths[kElements][3] = {
    {"The first minutes belonged to the class: they came in, read, began. That has been taught.",
     "One signal, one wait, and all of them were with you.",
     "Clearing up after {topic} was as calm as the start."},
    {"Whoever I asked could say what {topic} was for, and what a good answer has in it.",
     "You came back to the question of the lesson twice, and the second time they could answer "
     "part of it.",
     "Beginning with finished work on {topic} gave them words for quality that no list could."},
    {"You let them watch first and talk afterwards; by then they were ahead of you.",
     "The slip that you planted in {topic} did more than ten correct examples.",
     "Small steps, each one tried before the next. I could have followed it myself."},
    {"You waited. Two answers about {topic} changed on the spot because you did.",
     "You handed answers on instead of judging them, and they began to speak to each other.",
     "You treated a mistake about {topic} as a gift, and so did they."},
    {"In one glance you knew what every single pupil thought about {topic}.",
     "Writing a prediction first made the surprise about {topic} an honest one.",
     "Drafts are kept here, so nobody is afraid of a bad one."},
    {"Plenty of turns at {topic} and no queues; the last attempt was plainly better than the "
     "first.",
     "You took the help away a line at a time, and they hardly noticed.",
     "The hard question was for everyone, and most of them wanted it."},
    {"You saw that half the class had {topic} the wrong way round, and went back at once.",
     "You reached the three who had been away before they had to ask.",
     "What their tickets said yesterday was in your first task today."},
    {"Full sentences are the habit in this room, also in pairs, also when nobody listens in.",
     "The quietest voice carried the summary of {topic}, because you had made room for it.",
     "Disagreement was friendly and about the subject."},
    {"Every comment I saw had been acted on, in the lesson, in ink.",
     "One comment about one thing, and the change in the work on {topic} is there to see.",
     "They can show how their work has grown since September, and they are proud of it."},
};

constexpr const char* kPriorities[kElements][3] = {
    {"The changes of task cost about six minutes in all. Practising one of them would win most "
     "back.",
     "Books went out while you explained; handing them out first would let everyone hear.",
     "The ending came in a rush. Four planned minutes would let the learning settle."},
    {"They knew the task but not the idea behind {topic}; half-way through is a good place to ask.",
     "Four tasks in one lesson: the one that mattered had the least time.",
     "The aim was on the slide and then out of mind. Come back to it once."},
    {"The explanation was clear and long. Let them try something after five minutes.",
     "Some steps in {topic} are obvious to us and not to them; say the thinking in between.",
     "An example that is nearly right, beside the right one, would sharpen {topic}."},
    {"The same eight hands answered. Names first, then the question, would reach the others.",
     "You often answer your own best questions. Three seconds more would be enough.",
     "A right answer is where the questioning could begin: how do you know?"},
    {"A few voices stood for the class. A board from everyone would have shown the gap in {topic}.",
     "Half-way drafts would let you see who has misread the task before they have finished it.",
     "A silent minute of writing before the talk would give everybody something to say."},
    {"Those who finish first wait. A hard last question for all would use that time.",
     "The practice was of the layout more than of {topic}.",
     "The help stayed on the board to the end; I think many no longer need it."},
    {"Your check showed that a third had not understood {topic}, and the plan went on.",
     "One question with four answers, placed before the main task, would tell you which way to go.",
     "The support reached whoever asked. The quiet ones at the side needed it too."},
    {"Many could have said nothing all hour. Deciding who speaks first in each pair would change "
     "that.",
     "Answers of one word were accepted; ask for the sentence, they can do it.",
     "The talk about {topic} was lively, and drifted. A question to bring back would hold it."},
    {"Comments are careful and mostly unanswered. Five minutes at the start would let them be "
     "used.",
     "A single comment about one thing would cost you less and help more.",
     "Partner comments are kind. A model of a useful one would make them useful."},
};

constexpr const char* kSteps[kElements][3] = {
    {"Rehearse getting into groups with an empty table; do it again until it is quick.",
     "Lay the books out at break, two weeks running, and see what the start gains.",
     "Write the ending of the lesson before its beginning."},
    {"Open with last year's best piece and let the class say why it is good.",
     "At the ten-minute mark ask at two tables what this is for; keep a tally.",
     "Cut one task from each plan this fortnight."},
    {"Break off the explanation as soon as there is something to try.",
     "Introduce the new words on their own, then insist on them kindly.",
     "Put a nearly right example next to the right one."},
    {"Each lesson, call on two people who never volunteer.",
     "Have three follow-up questions in your pocket and spend them all.",
     "Let neighbours talk for half a minute before the hardest question."},
    {"Twice a lesson see what every pupil thinks, and jot down the surprise.",
     "Begin discussions with a minute of pens only, until the holidays.",
     "Mend one pupil's sentence in front of the class, with their leave."},
    {"End on something hard that is meant for all of them.",
     "Fade the sentence starters as the page goes on.",
     "Give practice five minutes from the explanation; keep the clock in view."},
    {"Prepare one question whose wrong answers tell you something.",
     "Start your first round with whoever missed a lesson.",
     "Let last week's quiz rewrite the next start, and say so to the class."},
    {"Name the first speaker in each pair, then listen in at two tables.",
     "For one class and one week, tick off who has spoken.",
     "Ask for the sentence when you are given the word."},
    {"Once a week begin with five minutes in which comments are used.",
     "Pick one paragraph and one thing; leave the rest unmarked.",
     "Have pupils circle what they changed and tell a neighbour why."},
};

constexpr const char* kWalks[] = {
    "Straight to work, all of them, and {topic} already under way.",
    "A warm word at the door for everyone. It sets the room.",
    "Lovely silence, busy pens: {topic} has them.",
    "I stayed longer than I meant to. The talk about {topic} was that good.",
    "Every board up at once, and you used what you saw.",
    "Calm move to groups in under a minute.",
    "You let the wrong answer live, and they found out why by themselves.",
    "Pupils explained {topic} to me, in sentences, with the right words.",
    "Books that anybody could be proud of, open at the mended page.",
    "Quiet help at the desk, and nobody else noticed.",
    "They asked the questions today. Well done for letting them.",
    "A fine example of {topic} on the wall, with their words round it.",
    "The assistant knew exactly what to do. Good planning.",
    "Hard work, and laughter about {topic}.",
};

constexpr const char* kInformal[] = {
    "Thank you for the open door. I shall try your way of starting {topic}.",
    "I took one thing away: the pause before you choose a name.",
    "Came for five minutes about {topic}, stayed for twenty.",
    "Your pupils told me what they were learning before I asked.",
    "The display about {topic} is worth a visit by itself. May I borrow the idea?",
    "It was good to see my tutor group so keen on {topic}.",
    "Your way with the latecomers is kind and quick.",
    "I have the same class after you; now I know why they come in happy.",
};

constexpr const char* kCoaching[] = {
    "You asked me to watch who answers. In fourteen minutes on {topic}: eleven pupils, four of "
    "them twice.",
    "You wanted to know where the time goes. Talk 19 minutes, practice 22, moving 6.",
    "I noted each question on {topic} and what came after it. Seven led to another question.",
    "What did you see at the table by the wall when {topic} became hard?",
    "If you taught {topic} tomorrow, which part would you leave out?",
    "The moment you stopped and waited, three more began to write.",
    "You said you would try fewer words. The second explanation had a third of them.",
};

constexpr const char* kMessages[] = {
    "Thank you for having me. Shall we look at it together on Thursday?",
    "The class was a pleasure to sit with.",
    "Come and see me when it suits you; there is no hurry.",
    "May I send a colleague to see your start of lesson?",
    "I learnt something today. Thank you.",
};

constexpr const char* kQueries[] = {
    "I would place this higher: the boards came out again after you had left. Could we look at it?",
    "The plan for the second half was about exactly this. Is one visit enough to say so?",
    "I do not recognise this remark; was it the other group?",
    "The class had a fire drill in the lesson before. Should this count?",
};

constexpr const char* kAnswers[] = {
    "Thank you for asking. I saw only the first half, and I shall say so.",
    "We looked at it together. It stays, with the reason added.",
    "You are right; I have changed it.",
    "I take the remark back. It was written in haste.",
};

constexpr const char* kReflections[] = {
    "Tried the step twice this week. The second time {topic} went better.",
    "I had not noticed how much I talk. The figures helped.",
    "Will keep the pause; it costs nothing.",
    "The class asked for more of {topic}. So did I.",
};

constexpr const char* kRationales[] = {
    "Two of us saw it from the start, one from the break on; together we settled on this.",
    "Our notes agree; only our words for it differed.",
    "We went by what most pupils did, not by the best moment.",
    "The lower of two readings, because the evidence was thin.",
};

template <typename List>
std::string Said(Chance& chance, const List& list, absl::string_view topic) {
  return absl::StrReplaceAll(chance.Pick(list), {{"{topic}", topic}});
}

}  // namespace

std::string StrengthText(Chance& chance, uint32_t element, absl::string_view topic) {
  return Said(chance, kStrengths[element - 1], topic);
}
std::string PriorityText(Chance& chance, uint32_t element, absl::string_view topic) {
  return Said(chance, kPriorities[element - 1], topic);
}
std::string StepText(Chance& chance, uint32_t element) {
  return Said(chance, kSteps[element - 1], "");
}
std::string WalkPraise(Chance& chance, absl::string_view topic) {
  return Said(chance, kWalks, topic);
}
std::string InformalNote(Chance& chance, absl::string_view topic) {
  return Said(chance, kInformal, topic);
}
std::string CoachingNote(Chance& chance, absl::string_view topic) {
  return Said(chance, kCoaching, topic);
}
std::string MessageText(Chance& chance) { return Said(chance, kMessages, ""); }
std::string QueryText(Chance& chance, uint32_t element) {
  return std::string(WordsOfElement(element).title) + ": " + Said(chance, kQueries, "");
}
std::string AnswerText(Chance& chance) { return Said(chance, kAnswers, ""); }
std::string ReflectionText(Chance& chance, absl::string_view topic) {
  return Said(chance, kReflections, topic);
}
std::string RationaleText(Chance& chance, uint32_t element) {
  return std::string(WordsOfElement(element).title) + ": " + Said(chance, kRationales, "");
}

}  // namespace halfterm::tools
