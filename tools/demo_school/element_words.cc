// The demonstration rubric: nine elements, what each level looks like.

#include <cassert>

#include "tools/demo_school/words.h"

namespace halfterm::tools {
namespace {

constexpr ElementWords kWords[kElements] = {
    {"ROU",
     "Welcome and routines",
     "TS7",
     {"Work begins late; each change of task has to be asked for again and again.",
      "Some habits are there, and the teacher's voice carries the rest.",
      "The class starts, moves and clears up by habit, with hardly a word.",
      "Pupils look after the routines themselves, and no minute is lost.",
      "Colleagues come to see how this class runs itself."}},
    {"PUR",
     "Clear purpose",
     "TS4",
     {"Pupils know the task; why they do it stays in the teacher's plan.",
      "The purpose is told, and a few could say it in their own words.",
      "Most pupils can say what they learn and how they will know.",
      "Pupils hold their own work against the purpose and decide what comes next.",
      "Pupils carry the purpose from lesson to lesson and help to set it."}},
    {"EXP",
     "Explaining and modelling",
     "TS3",
     {"New ideas go by once and fast, with steps left out.",
      "The steps are shown, and some of the thinking behind them is said.",
      "Ideas grow in small steps, thought aloud, with near misses beside them.",
      "The model meets misunderstandings before they come, and pupils take it over.",
      "Pupils model for one another with the same care."}},
    {"QUE",
     "Questioning",
     "TS2",
     {"The same hands go up, answers are short, and the lesson goes on.",
      "Some pupils are asked by name, and now and then an answer is followed up.",
      "Nearly everyone is made to think; there is time, and answers are tested.",
      "Pupils take up and question each other's answers, with a light hand on the tiller.",
      "Pupils' own questions drive the lesson forward."}},
    {"THI",
     "Thinking made visible",
     "TS6",
     {"What pupils think can be guessed from a few spoken answers.",
      "At some moments boards or drafts show what part of the class thinks.",
      "Everybody's thinking can be seen often enough to steer by.",
      "Pupils lay their thinking side by side and make it better.",
      "The class keeps a record of how its thinking has changed."}},
    {"PRA",
     "Practice and challenge",
     "TS5",
     {"Practice is brief or beside the point, and some sit and wait.",
      "Most practise, and there is more for those who ask for it.",
      "Practice fits what was taught, help is taken away, and all meet something hard.",
      "Pupils choose what stretches them and stay with it.",
      "Pupils set each other problems that are worth the time."}},
    {"CHK",
     "Checking and adapting",
     "TS6",
     {"The plan is followed to its end, whatever comes back from the class.",
      "There are checks; what they show is acted on another day.",
      "Checks come where the lesson turns, and what follows depends on them.",
      "The lesson bends to each group's needs and keeps its direction.",
      "Pupils check themselves honestly and ask for what they need."}},
    {"TAL",
     "Talk and participation",
     "TS3",
     {"A handful of voices make the lesson; many say nothing all hour.",
      "There is talk in pairs, some of it about the work.",
      "Most pupils talk about the subject in full sentences, and listen.",
      "Pupils lead the talk, use the subject's words and draw others in.",
      "Talk here would pass for a seminar, and everyone has a place in it."}},
    {"BOO",
     "Books and feedback",
     "TS6",
     {"Work is kept and dated, and comments lead to little.",
      "There are comments, and some pupils answer them.",
      "Comments lead to changes that can be seen, made in lesson time.",
      "Pupils ask for comment, use it, give it, and can show how work has grown.",
      "A folder tells the story of a year's learning without a word from the teacher."}},
};

}  // namespace

const ElementWords& WordsOfElement(uint32_t element) {
  assert(element >= 1 && element <= kElements);
  return kWords[element - 1];
}

}  // namespace halfterm::tools
