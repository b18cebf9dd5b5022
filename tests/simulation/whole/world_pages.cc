// What is written in the world's pages, by whomever: each word once, and noted in the ledger.

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sync/core/delta.h"
#include "tests/simulation/whole/world.h"

namespace halfterm::testing {
namespace {

using core::Kind;
using core::Path;

core::Id16 KeyOf(uint64_t place) {
  core::Id16 key;
  key.bytes[0] = 0x77;
  key.bytes[15] = static_cast<uint8_t>(place + 1);
  return key;
}

}  // namespace

std::set<std::string> World::WordsAt(size_t index, const core::Id16& person,
                                     const core::FacetId& facet, const core::Path& path) {
  std::set<std::string> words;
  const auto shown = tablets_[index]->StoreOf(person).Shown(facet);
  if (!shown.ok()) return words;
  if (const core::Cell* cell = shown->Find(path)) {
    for (const core::Sibling& sibling : cell->siblings) words.insert(sibling.value);
  }
  return words;
}

std::string World::Gesture(size_t index, const core::Id16& person, const core::FacetId& facet,
                           std::shared_ptr<google::protobuf::Message> change, Word word,
                           tools::Sealing sealing) {
  SimulatedTablet& tablet = *tablets_[index];
  tools::Gesture gesture;
  gesture.facet = facet;
  gesture.change = std::move(change);
  word.facet = facet;
  word.tablet = index;
  if (!word.text.empty()) word.seen = WordsAt(index, person, facet, word.path);
  std::string wrong = tablet.Do(person, gesture, sealing);
  // What is not on its disk was never on its screen.
  if (wrong.empty() && !word.text.empty() && tablet.disk().Mentions(word.text)) {
    ledger_.Wrote(std::move(word));
  }
  return wrong;
}

std::string World::Write(size_t index, const core::Id16& person, const core::FacetId& facet,
                         uint64_t place, tools::Sealing sealing) {
  Word word;
  word.text = ledger_.NextWord();
  const std::string key = BytesOf(KeyOf(place));
  std::shared_ptr<google::protobuf::Message> change;
  switch (facet.facet_class) {
    case core::kPlan: {
      auto plan = std::make_shared<v1::Plan>();
      plan->set_room(word.text);
      word.path = Path::Field(v1::Plan::kRoomFieldNumber, Kind::kReg);
      change = plan;
      break;
    }
    case core::kSheet: {
      auto sheet = std::make_shared<v1::Sheet>();
      v1::Note& note = *sheet->add_notes();
      note.set_key(key);
      note.set_text(word.text);
      word.path = Path::Entry(v1::Sheet::kNotesFieldNumber, KeyOf(place),
                              v1::Note::kTextFieldNumber, Kind::kPara);
      change = sheet;
      break;
    }
    case core::kFeedback: {
      auto feedback = std::make_shared<v1::Feedback>();
      if (place == 0) {
        feedback->set_priority(word.text);
        word.path = Path::Field(v1::Feedback::kPriorityFieldNumber, Kind::kPara);
      } else {
        v1::Paragraph& paragraph = *feedback->add_strengths();
        paragraph.set_key(key);
        paragraph.set_place("m");
        paragraph.set_text(word.text);
        word.path = Path::Entry(v1::Feedback::kStrengthsFieldNumber, KeyOf(place),
                                v1::Paragraph::kTextFieldNumber, Kind::kPara);
      }
      change = feedback;
      break;
    }
    case core::kSteps: {
      auto steps = std::make_shared<v1::Steps>();
      v1::Step& step = *steps->add_steps();
      step.set_key(key);
      step.set_text(word.text);
      step.set_status(place % 2 == 0 ? v1::STEP_STATUS_OPEN : v1::STEP_STATUS_EMBEDDED);
      word.path = Path::Entry(v1::Steps::kStepsFieldNumber, KeyOf(place),
                              v1::Step::kTextFieldNumber, Kind::kPara);
      change = steps;
      break;
    }
    case core::kResponse: {
      auto response = std::make_shared<v1::Response>();
      v1::Query& query = *response->add_queries();
      query.set_key(key);
      query.set_text(word.text);
      query.set_closed(place % 2 == 1);
      word.path = Path::Entry(v1::Response::kQueriesFieldNumber, KeyOf(place),
                              v1::Query::kTextFieldNumber, Kind::kPara);
      change = response;
      break;
    }
    default:
      return "no such page";
  }
  return Gesture(index, person, facet, std::move(change), std::move(word), sealing);
}

std::string World::Rate(size_t index, const core::Id16& person, const core::FacetId& sheet,
                        uint32_t element, uint32_t level) {
  auto change = std::make_shared<v1::Sheet>();
  v1::Rating& rating = *change->add_ratings();
  rating.set_element(element);
  rating.set_level(level);
  return Gesture(index, person, sheet, std::move(change), Word(), tools::Sealing::kEachGesture);
}

std::string World::RemoveNote(size_t index, const core::Id16& person, const core::FacetId& sheet,
                              uint64_t place) {
  const core::Path path = Path::Entry(v1::Sheet::kNotesFieldNumber, KeyOf(place),
                                      v1::Note::kTextFieldNumber, Kind::kPara);
  ledger_.Removed(WordsAt(index, person, sheet, path));
  tools::Gesture gesture;
  gesture.facet = sheet;
  gesture.removed = {{v1::Sheet::kNotesFieldNumber, KeyOf(place)}};
  return tablets_[index]->Do(person, gesture, tools::Sealing::kEachGesture);
}

std::string World::Intend(size_t index, const core::Id16& person, const core::FacetId& facet,
                          const v1::Intent& intent) {
  tools::Gesture gesture;
  gesture.facet = facet;
  gesture.intent = std::make_shared<v1::Intent>(intent);
  return tablets_[index]->Do(person, gesture, tools::Sealing::kWhenSent);
}

core::Id16 World::Begin(const core::Id16& lead, const core::Id16& teacher, v1::VisitKind kind,
                        std::string& wrong, const std::vector<core::Id16>& observers) {
  Visit visit;
  visit.lead = lead;
  visit.teacher = teacher;
  visit.kind = kind;
  visit.observers = observers.empty() ? std::vector<core::Id16>{lead} : observers;
  for (uint8_t& byte : visit.id.bytes) byte = static_cast<uint8_t>(ids_());
  auto plan = std::make_shared<v1::Plan>();
  plan->set_kind(kind);
  plan->set_teacher(BytesOf(teacher));
  plan->set_lesson_start_ms(server_.clock().NowMs());
  for (const core::Id16& observer : observers) plan->add_observers()->set_person(BytesOf(observer));
  Word word;
  word.text = ledger_.NextWord();
  word.path = Path::Field(v1::Plan::kRoomFieldNumber, Kind::kReg);
  plan->set_room(word.text);
  wrong = Gesture(TabletOf(lead), lead, {visit.id, core::kPlan, {}}, plan, std::move(word),
                  tools::Sealing::kEachGesture);
  visits_.push_back(visit);
  return visit.id;
}

}  // namespace halfterm::testing
