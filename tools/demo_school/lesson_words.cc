// Notes taken in lessons, and what lessons are about.

#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tools/demo_school/words.h"

namespace halfterm::tools {
namespace {

// {topic}, {n} (of a class), {few}, {time}, {who} are filled in.
constexpr const char* kNotes[kElements][6] = {
    {"Task on {topic} up before the bell. {n} had started by {time}, the rest within a minute.",
     "Move from carpet to desks took {few} minutes and three reminders; {who} went twice.",
     "Register done in silence while the class read about {topic}. Nobody was waiting.",
     "Equipment monitors had everything out. Teacher free to speak to {who} at the door.",
     "Clearing away began at {time}; every table checked by a pupil with a list.",
     "Late arrivals ({few}) found a card on the desk and joined without a word."},
    {"Asked {few} pupils what today was for. Two spoke of {topic}, the others of the worksheet.",
     "\"By the end you can tell a good answer on {topic} from a weak one\" - said, shown, used "
     "again at {time}.",
     "Aim copied down by all; not spoken of again.",
     "Finished example of {topic} on the wall; {who} pointed at it when stuck.",
     "Teacher stopped at {time}: \"Which part of our question can we answer now?\" {few} hands, "
     "good ones.",
     "The link to last week's work on {topic} was made by a pupil."},
    {"First example of {topic} done in silence, second one told aloud. {n} wrote the reasons down.",
     "Explanation ran to {few} minutes beyond where {who} could still follow.",
     "A wrong step put in on purpose at {time}; {n} spotted it.",
     "Three new words for {topic} on the board, each used in a sentence before anything else.",
     "Drew it, rubbed it out, drew it again; the second drawing had the labels.",
     "Demonstration of {topic} seen well from the front; {who} could not see the board."},
    {"{n} of 30 were asked something by {time}. Names came before the questions.",
     "\"And how do you know?\" {few} times in ten minutes; twice it changed the answer.",
     "Questions on {topic} mostly to volunteers; {who} was not asked.",
     "Eight seconds of waiting after the hard question. Worth it: {few} new hands.",
     "An answer about {topic} was passed on: \"Who can add to that?\" Three pupils in a row did.",
     "Good question at {time}, answered by the teacher before anybody had drawn breath."},
    {"Boards up on {topic}: {n} right, the others all with the same slip. It showed at once.",
     "Thumbs only. {who} put theirs up after looking round.",
     "Silent minute of writing about {topic}; pens moved at every table but one.",
     "Two drafts under the camera at {time}, one improved by the class, line by line.",
     "Predictions written in pen before the {topic} was shown. {few} wanted to change theirs.",
     "Sketches kept and dated; {who} compared this week's with September's."},
    {"{n} turns at {topic} each, no queue. Second set was harder for everyone.",
     "{few} finished by {time} and coloured in the margin.",
     "Prompt taken off the board half-way; {who} managed without.",
     "The last question on {topic} was for all; a third of the class got into it.",
     "Practice was of the writing-up, hardly of {topic} itself.",
     "Pupils chose between two starts. {who} chose the steeper one and stayed with it."},
    {"Hinge question on {topic} at {time}: {n} chose B. Teacher went back a step, then on.",
     "Plan kept to the minute although {few} tables had not understood {topic}.",
     "Went first to {who}, quietly, before they asked.",
     "Exit tickets on {topic}: sorted into three piles in front of the class.",
     "Checked with {who} at {time}, changed the example, checked again.",
     "Homework showed the gap; today's first ten minutes dealt with it."},
    {"Full sentences asked for and given. {who} helped a partner to find the word for {topic}.",
     "{n} had spoken by {time}. The far corner had not.",
     "Pair talk on {topic}: two of the {few} pairs I heard were on the subject.",
     "\"I'd like to disagree\" - kindly said, and taken up.",
     "A quiet pupil read the summary of {topic}. The room listened.",
     "Sentence starters used at first, left aside by {time}."},
    {"Five minutes of mending after the marked work on {topic}; {n} changed something real.",
     "Ticks in the books; the questions written beside them are unanswered.",
     "{who} showed me a page from September and today's, and said what had changed.",
     "One comment, one thing: add a reason. Done by {n} before {time}.",
     "Partner comments on {topic} were kind and of little use.",
     "Folders have a front sheet of targets; {few} of those I opened were up to date."},
};

constexpr const char* kWho[] = {"the table by the window",  "the back row",
                                "two pupils at the front",  "the group with the assistant",
                                "a pupil new to the class", "the pair by the door",
                                "the quickest table",       "those who were away on Monday"};

constexpr const char* kTopics[12][6] = {
    {"the opening of a ghost story", "a soliloquy", "how adverts persuade", "metaphor",
     "a speech for a charity", "the narrator's voice"},
    {"equivalent fractions", "the gradient of a line", "expanding brackets", "stem-and-leaf plots",
     "bearings", "probability trees"},
    {"diffusion", "series circuits", "the reactivity series", "food webs", "waves on a string",
     "how enzymes work"},
    {"why the Normans won", "river meanders", "the causes of migration", "a pilgrimage",
     "reading a census page", "urban growth"},
    {"ordering in a cafe", "the perfect tense", "directions in town", "my week",
     "opinions on films", "reflexive verbs"},
    {"a folded box", "seams", "a balanced meal", "cams", "drawing to scale", "a lamp's base"},
    {"the overarm throw", "a passing game", "pacing a long run", "balances in pairs", "serving",
     "fielding positions"},
    {"mixing greys", "a drawing from life", "contact sheets", "printing from card",
     "the figure in motion", "a colour study"},
    {"checking what people type", "break-even charts", "a first loop", "supply and demand",
     "sorting by hand", "a small database"},
    {"how groups decide", "a fair survey", "memory tests", "rights and duties", "family change",
     "attention"},
    {"a frozen scene", "entrances", "a phrase of movement", "status games", "voice and distance",
     "a duet"},
    {"a four-bar tune", "keeping the pulse", "minor chords", "a class samba", "reading rhythm",
     "a ground bass"},
};

}  // namespace

std::string TopicOf(Chance& chance, size_t department) {
  return chance.Pick(kTopics[department % std::size(kTopics)]);
}

std::string NoteText(Chance& chance, uint32_t element, absl::string_view topic) {
  const std::string sentence = chance.Pick(kNotes[element - 1]);
  const std::string n = absl::StrCat(chance.Between(9, 28));
  const std::string few = absl::StrCat(chance.Between(2, 8));
  const int minutes = chance.Between(0, 54);
  const std::string time =
      absl::StrCat(chance.Between(9, 15), ":", minutes < 10 ? "0" : "", minutes);
  std::string text = absl::StrReplaceAll(sentence, {{"{n}", n},
                                                    {"{few}", few},
                                                    {"{time}", time},
                                                    {"{who}", chance.Pick(kWho)},
                                                    {"{topic}", topic}});
  text[0] = static_cast<char>(text[0] >= 'a' && text[0] <= 'z' ? text[0] - 'a' + 'A' : text[0]);
  return text;
}

}  // namespace halfterm::tools
