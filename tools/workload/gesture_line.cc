#include "tools/workload/gesture_line.h"

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "halfterm/v1/merge.pb.h"
#include "halfterm/v1/observation.pb.h"
#include "tools/replay/ids.h"
#include "tools/replay/seen_by_tablet.h"
#include "tools/workload/visit.h"

namespace halfterm::tools {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using nlohmann::json;

// The member's name, and the field's where it is another one.
struct Member {
  Member(const char* both) : name(both), field(both) {}
  Member(const char* its_name, const char* its_field) : name(its_name), field(its_field) {}
  const char* name;
  const char* field;
};

// "dept" as VISIT_KIND_DEPT: values are named after their enum.
void SetChoice(JsonFields& line, const char* member, Message& message,
               const FieldDescriptor& field) {
  const google::protobuf::EnumDescriptor& choices = *field.enum_type();
  const std::string& unspecified = choices.value(0)->name();
  const std::string& first = choices.FindValueByNumber(1)->name();
  size_t prefix = 0;
  while (prefix < first.size() && first[prefix] == unspecified[prefix]) ++prefix;
  while (prefix > 0 && first[prefix - 1] != '_') --prefix;
  const google::protobuf::EnumValueDescriptor* value = choices.FindValueByName(
      absl::StrCat(first.substr(0, prefix), absl::AsciiStrToUpper(line.Text(member))));
  // STRAND's 0 is the whole lesson, and has a name of its own in the file too.
  if (value == nullptr) return line.Wrong(member);
  message.GetReflection()->SetEnum(&message, &field, value);
}

void SetMember(JsonFields& line, const Member& member, Message& message) {
  if (!line.Has(member.name)) return;
  const FieldDescriptor* found = message.GetDescriptor()->FindFieldByName(member.field);
  if (found == nullptr) return line.Wrong(member.name);  // The schema has no such field.
  const FieldDescriptor& field = *found;
  const Reflection& set = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetChoice(line, member.name, message, field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return set.SetBool(&message, &field, line.Bool(member.name));
    case FieldDescriptor::CPPTYPE_UINT32:
      return set.SetUInt32(&message, &field, line.Small(member.name, 1'000'000));
    case FieldDescriptor::CPPTYPE_INT32:
      return set.SetInt32(&message, &field, line.Day(member.name));
    case FieldDescriptor::CPPTYPE_INT64:
      return set.SetInt64(&message, &field, line.Moment(member.name));
    default:
      return set.SetString(&message, &field,
                           field.type() == FieldDescriptor::TYPE_BYTES ? Bytes(line.Id(member.name))
                                                                       : line.Text(member.name));
  }
}

void SetMembers(JsonFields& line, std::initializer_list<Member> members, Message& message) {
  for (const Member& member : members) SetMember(line, member, message);
}

// A list of objects as a list of entries, in order.
template <typename Entry>
void SetEntries(JsonFields& line, const char* name, std::initializer_list<Member> members,
                google::protobuf::RepeatedPtrField<Entry>& entries) {
  if (!line.Has(name)) return;
  for (const json& item : line.List(name)) {
    JsonFields fields(item);
    SetMembers(fields, members, *entries.Add());
    line.Within(fields);
  }
}

class GestureLine {
 public:
  explicit GestureLine(JsonFields& line) : line_(line) {
    gesture_.person = line.Id("person");
    gesture_.at_ms = line.Moment("at");
    visit_ = line.Id("visit");
  }

  Gesture Take() {
    const std::string what = line_.Text("do");
    if (!WritesSheet(what) && !WritesOther(what) && !Asks(what)) line_.Wrong("do");
    return std::move(gesture_);
  }

 private:
  template <typename View>
  View& Change(const core::FacetId& facet) {
    auto view = std::make_shared<View>();
    View& change = *view;
    gesture_.facet = facet;
    gesture_.change = std::move(view);
    return change;
  }
  core::FacetId Facet(core::FacetClass facet_class, bool of_person = false) const {
    return {visit_, static_cast<uint8_t>(facet_class), of_person ? gesture_.person : core::Id16{}};
  }
  v1::Sheet& Sheet() { return Change<v1::Sheet>(Facet(core::kSheet, true)); }
  v1::Response& Response() { return Change<v1::Response>(Facet(core::kResponse, true)); }
  v1::Intent& Intent(const core::FacetId& facet) {
    auto intent = std::make_shared<v1::Intent>();
    v1::Intent& asked = *intent;
    gesture_.facet = facet;
    gesture_.intent = std::move(intent);
    return asked;
  }

  bool WritesSheet(const std::string& what) {
    if (what == "sheet") {
      SetMembers(line_, {"pupils_present", "offer_help"}, Sheet());
    } else if (what == "rate") {
      SetMembers(line_, {"element", "level"}, *Sheet().add_ratings());
    } else if (what == "note") {
      SetMembers(line_, {"key", "t_offset_s", "text", "element", Member("private", "is_private")},
                 *Sheet().add_notes());
    } else if (what == "tally") {
      SetMembers(line_, {"key", "code"}, *Sheet().add_tallies());
    } else if (what == "on_task") {
      v1::OnTask& entry = *Sheet().add_on_task();
      SetMembers(line_, {"key"}, entry);
      SetMembers(line_, {"t_offset_s", "on_task", "total"}, *entry.mutable_snapshot());
    } else if (what == "praise") {
      SetMembers(line_, {"key", "text"}, *Sheet().add_praise());
    } else if (what == "next_step") {
      SetMembers(line_, {"key", "text", "element"}, *Sheet().add_next_steps());
    } else if (what == "remove") {
      gesture_.facet = Facet(core::kSheet, true);
      const FieldDescriptor* list = v1::Sheet::descriptor()->FindFieldByName(line_.Text("list"));
      if (list == nullptr) {
        line_.Wrong("list");
      } else {
        gesture_.removed.push_back({static_cast<uint16_t>(list->number()), line_.Id("key")});
      }
    } else {
      return false;
    }
    return true;
  }

  bool WritesOther(const std::string& what) {
    if (what == "plan" || what == "reschedule") {
      WritePlan(what == "plan");
    } else if (what == "feedback") {
      v1::Feedback& feedback = Change<v1::Feedback>(Facet(core::kFeedback));
      SetEntries(line_, "strengths", {"key", "text"}, *feedback.mutable_strengths());
      SetMembers(line_, {"priority", "priority_element", "conversation_day", "include_notes"},
                 feedback);
      SetEntries(line_, "message", {"key", "text"}, *feedback.mutable_message());
    } else if (what == "steps") {
      SetEntries(line_, "steps", {"key", "text", "element", "due_day", "check_visit", "status"},
                 *Change<v1::Steps>(Facet(core::kSteps)).mutable_steps());
    } else if (what == "consensus") {
      WriteConsensus();
    } else if (what == "agree") {
      Change<v1::Consensus>(Facet(core::kConsensus));
      gesture_.complete = AgreesToWhatIsShown;
    } else if (what == "acknowledge") {
      SetMembers(line_, {"version"}, *Response().add_acks());
      gesture_.complete = AcknowledgesWhatIsHeld;
    } else if (what == "query") {
      SetMembers(line_, {"key", "version", "element", "text", "closed"}, *Response().add_queries());
    } else if (what == "reflect") {
      SetMembers(line_, {"key", "text"}, *Response().add_reflections());
    } else if (what == "answer") {
      SetMembers(line_, {"query", "text", "resolution"},
                 *Change<v1::Answers>(Facet(core::kAnswers)).add_answers());
    } else if (what == "comment") {
      SetMembers(line_, {"key", "text"},
                 *Change<v1::Answers>(Facet(core::kAnswers)).add_comments());
    } else {
      return false;
    }
    return true;
  }

  void WritePlan(bool is_new) {
    v1::Plan& plan = Change<v1::Plan>(PlanOf(visit_));
    if (is_new) {
      SetMembers(line_,
                 {"kind", "teacher", Member("department", "department_at_lesson"), "lead",
                  "announced", "template", "rubric_version", "prior_visit", "join_code"},
                 plan);
      SetEntries(line_, "observers", {"person", "strand"}, *plan.mutable_observers());
    }
    SetMembers(line_,
               {Member("lesson_start", "lesson_start_ms"), "minutes", "class_code", "subject",
                "room", "year_group", "period"},
               plan);
  }

  void WriteConsensus() {
    v1::Consensus& consensus = Change<v1::Consensus>(Facet(core::kConsensus));
    if (line_.Has("levels")) {
      const json& by_element = line_.Object("levels");
      JsonFields levels(by_element);
      for (const auto& item : by_element.items()) {
        v1::Rating& rating = *consensus.add_ratings();
        uint32_t element = 0;
        if (!absl::SimpleAtoi(item.key(), &element)) line_.Wrong("levels");
        rating.set_element(element);
        rating.set_level(levels.Small(item.key().c_str(), 10));
      }
      line_.Within(levels);
    }
    SetEntries(line_, "rationale", {"key", "text"}, *consensus.mutable_rationale());
  }

  bool Asks(const std::string& what) {
    if (what == "submit") {
      Intent(Facet(core::kSheet, true)).mutable_submit();
      return true;
    }
    if (what == "excuse") {
      SetMembers(line_, {"observer"}, *PlanIntent().mutable_excuse());
    } else if (what == "share") {
      PlanIntent().mutable_share()->set_round(line_.Small("round", 65'535));
      if (!line_.Has("seen") || line_.Bool("seen")) gesture_.complete = SharesWhatIsHeld;
    } else if (what == "close") {
      PlanIntent().mutable_close()->set_round(line_.Small("round", 65'535));
    } else if (what == "withdraw") {
      PlanIntent().mutable_withdraw()->set_reason(line_.Text("reason"));
    } else if (what == "join") {
      PlanIntent().mutable_join()->set_code(line_.Text("code"));
    } else if (what == "grant_read") {
      SetMembers(line_, {Member("reader", "person")}, *PlanIntent().mutable_grant_read());
    } else if (what == "end_read") {
      SetMembers(line_, {Member("reader", "person")}, *PlanIntent().mutable_end_read());
    } else {
      return false;
    }
    return true;
  }
  v1::Intent& PlanIntent() { return Intent(PlanOf(visit_)); }

  JsonFields& line_;
  core::Id16 visit_;
  Gesture gesture_;
};

}  // namespace

Gesture ReadGesture(JsonFields& line) { return GestureLine(line).Take(); }

}  // namespace halfterm::tools
