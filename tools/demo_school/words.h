// What observers of the demonstration school write: sentences about lessons, put together by
// chance.
//
// All of it is made up for this project. No sentence names a pupil.

#ifndef HALFTERM_TOOLS_DEMO_SCHOOL_WORDS_H_
#define HALFTERM_TOOLS_DEMO_SCHOOL_WORDS_H_
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/demo_school/chance.h"

namespace halfterm::tools {

inline constexpr uint32_t kElements = 9;

// One line of the demonstration rubric. Five descriptors; version A uses the first four.
struct ElementWords {
  const char* code;
  const char* title;
  const char* standard;  // A tag.
  const char* levels[5];
};
// `element` is 1 to 9.
const ElementWords& WordsOfElement(uint32_t element);

// Sentences of one kind of remark. `topic` is what the lesson was about.
std::string NoteText(Chance& chance, uint32_t element, absl::string_view topic);
std::string StrengthText(Chance& chance, uint32_t element, absl::string_view topic);
std::string PriorityText(Chance& chance, uint32_t element, absl::string_view topic);
std::string StepText(Chance& chance, uint32_t element);
std::string WalkPraise(Chance& chance, absl::string_view topic);
std::string InformalNote(Chance& chance, absl::string_view topic);
std::string CoachingNote(Chance& chance, absl::string_view topic);
std::string MessageText(Chance& chance);
std::string QueryText(Chance& chance, uint32_t element);
std::string AnswerText(Chance& chance);
std::string ReflectionText(Chance& chance, absl::string_view topic);
std::string RationaleText(Chance& chance, uint32_t element);

// What a department's lessons are about.
std::string TopicOf(Chance& chance, size_t department);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_DEMO_SCHOOL_WORDS_H_
