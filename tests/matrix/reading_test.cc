// Audience against tests/matrix/reading.md: every kind, part, state, role, reach and place.
//
// The words of a cell are resolved here a second time, to a yes or no for one person; the code is
// asked by the way that a page takes: facts from cells, scopes of the facet, scopes of the person.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "sync/facts.h"
#include "tests/matrix/comparison.h"
#include "tests/matrix/readers.h"
#include "tests/matrix/school.h"

namespace halfterm::testing {
namespace {

using core::FacetClass;
using core::Id16;
using core::VisitKind;

struct Part {
  const char* name;
  FacetClass facet_class;
  enum { kNone, kOne, kLead, kTeacher } sub;
};
const Part kParts[] = {
    {"plan", core::kPlan, Part::kNone},
    {"sheet of an observer", core::kSheet, Part::kLead},
    {"sheet", core::kSheet, Part::kOne},
    {"consensus", core::kConsensus, Part::kNone},
    {"feedback", core::kFeedback, Part::kNone},
    {"shared version", core::kVersion, Part::kNone},
    {"response", core::kResponse, Part::kOne},
    {"teacher's response", core::kResponse, Part::kTeacher},
    {"answers", core::kAnswers, Part::kNone},
    {"management cell", core::kManagementCell, Part::kNone},
    {"steps", core::kSteps, Part::kNone},
    {"consent, evidence, referral, cycle review", core::kConsent, Part::kNone},
    {"consent, evidence, referral, cycle review", core::kEvidence, Part::kNone},
    {"consent, evidence, referral, cycle review", core::kReferral, Part::kNone},
    {"consent, evidence, referral, cycle review", core::kCycleReview, Part::kNone},
};

// The "when" of the row that a part's state falls under.
std::string WhenOf(const std::string& part, const MatrixVisit& visit) {
  const core::Phase& phase = visit.state.phase;
  const bool shared = visit.IsShared(), closed = phase.level >= core::kClosed;
  if (part == "plan") {
    if (phase.withdrawn) return "withdrawn";
    if (phase.level == core::kPlanned) return "planned";
    return phase.level == core::kDraft ? "draft" : "submitted or later";
  }
  if (part == "sheet of an observer" || part == "consensus" || part == "feedback") {
    return visit.state.revealed ? "revealed" : "not revealed";
  }
  if (part == "shared version" || part == "teacher's response" || part == "answers") {
    return !shared ? "before shared" : closed ? "closed" : "shared";
  }
  if (part == "steps") {
    if (shared) return closed ? "closed" : "shared";
    return visit.state.revealed ? "before shared, revealed" : "before shared, not revealed";
  }
  return "at any time";
}

// Whether the subject, at that place, is among whom one word of a cell names.
bool IsAmong(const std::string& word, const MatrixVisit& visit, const MatrixSchool& school,
             const Subject& subject, TeacherIs teacher_is, const Id16& writer) {
  const auto named = [&](bool is) { return is && subject.has_pages; };
  if (word == "nobody") return false;
  if (word == "observers") return named(visit.Observes(school.one));
  if (word == "lead") return named(visit.lead == school.one);
  if (word == "teacher") return named(visit.teacher == school.one);
  if (word == "readers") return named(visit.Reads(school.one));
  if (word == "writer") return named(writer == school.one);
  if (word == "the other heads") {
    return named(subject.groups.count("heads") > 0 && visit.teacher != school.one);
  }
  if (word == "leaders") {
    const char* row =
        LeadingRow(!visit.teacher.IsZero(), visit.teacher == school.one, subject, teacher_is);
    for (const std::string& leader : PartsOf(Tables().leading.Row({row})[1])) {
      if (IsAmong(leader, visit, school, subject, teacher_is, writer)) return true;
    }
    return false;
  }
  if (word == "head of department" || word == "senior leaders" || word == "review team") {
    return subject.groups.count(word) > 0;
  }
  ADD_FAILURE() << "the matrix says `" << word << "`, which is none of its words";
  return false;
}

bool MayRead(const std::string& cell, const MatrixVisit& visit, const MatrixSchool& school,
             const Subject& subject, TeacherIs teacher_is, const Id16& writer) {
  for (std::string word : PartsOf(cell)) {
    bool holds = true;
    for (const auto& [condition, is_so] :
         {std::pair<std::string, bool>(" if announced", visit.state.announced),
          std::pair<std::string, bool>(" if asked", visit.state.announced),
          std::pair<std::string, bool>(" if shared", visit.IsShared()),
          std::pair<std::string, bool>(" if submitted",
                                       visit.state.phase.level >= core::kSubmitted)}) {
      const size_t at = word.find(condition);
      if (at == std::string::npos) continue;
      word.resize(at);
      holds = is_so;
    }
    if (holds && IsAmong(word, visit, school, subject, teacher_is, writer)) return true;
  }
  return false;
}

void Compare(v1::Role role, bool reaches, TeacherIs teacher_is, Comparison& found) {
  MatrixSchool school;
  school.MakeTeacher(teacher_is);
  school.Give(role, reaches);
  const sync::Directory directory = school.Made();
  const Subject subject = SubjectOf(role, reaches);
  const std::vector<core::Scope> own = directory.ScopesOf(school.one);
  for (const VisitKind kind : AllKinds()) {
    for (const VisitState& state : StatesOf(kind)) {
      for (const Place place : kPlaces) {
        // A teacher of their own is one case, whatever the other teacher is.
        if (place == Place::kTeacher && teacher_is != TeacherIs::kAnybody) continue;
        const MatrixVisit visit(school, state, place);
        const core::VisitFacts facts = sync::FactsOf(visit.View(), directory);
        for (const Part& part : kParts) {
          Id16 sub{};
          if (part.sub == Part::kOne) sub = school.one;
          if (part.sub == Part::kLead) sub = visit.lead;
          if (part.sub == Part::kTeacher) sub = visit.teacher;
          std::string name = part.name;
          if (name == "sheet") {
            name = visit.Observes(sub) ? "sheet of an observer" : "sheet of anybody else";
          }
          if (name == "response") {
            name = !sub.IsZero() && sub == visit.teacher ? "teacher's response"
                                                         : "response of anybody else";
          }
          const bool nobody = state.phase.withdrawn && name != "plan";
          const std::string& cell =
              nobody ? Tables().reading.Cell({"any other part", "withdrawn"}, KindName(kind))
                     : Tables().reading.Cell({name, WhenOf(name, visit)}, KindName(kind));
          const bool expected = MayRead(cell, visit, school, subject, teacher_is, sub);
          const std::vector<core::Scope> scopes =
              core::Audience(facts, visit.Facet(part.facet_class, sub), Id16{});
          const bool may = std::any_of(scopes.begin(), scopes.end(), [&own](const auto& scope) {
            return std::binary_search(own.begin(), own.end(), scope);
          });
          found.Compare(cell, expected, may == expected, [&] {
            return KindName(kind) + " " + name + ", level " + std::to_string(state.phase.level) +
                   (state.revealed ? " revealed" : "") + (state.announced ? " announced" : "") +
                   (state.phase.withdrawn ? " withdrawn" : "") + ": " + RoleName(role) +
                   (reaches ? " here" : " elsewhere") + " as " + NameOf(place) + ", teacher " +
                   std::to_string(static_cast<int>(teacher_is)) +
                   (expected ? " should read it" : " reads it");
          });
        }
      }
    }
  }
}

TEST(ReadingMatrixTest, S2EveryCellOfWhoMayReadIsWhatTheMatrixSays) {
  Comparison found;
  for (const v1::Role role : AllRoles()) {
    for (const bool reaches : {true, false}) {
      for (const TeacherIs is : {TeacherIs::kAnybody, TeacherIs::kHeadOfDepartment,
                                 TeacherIs::kSeniorLeader, TeacherIs::kHead}) {
        Compare(role, reaches, is, found);
      }
    }
  }
  found.ExpectNoDifference();
  EXPECT_GT(found.cases(), 100'000u);
  found.ExpectEveryCellMattered(Tables().reading, 2);
  for (const Table* table : {&Tables().reading, &Tables().leading, &Tables().opening}) {
    for (const std::string& row : table->Unused()) {
      // A visit without a teacher has no leaders of a teacher: its row is for people to read.
      if (row.find("is nobody") == 0) continue;
      ADD_FAILURE() << "no case is of the row " << row;
    }
  }
  std::printf("%zu cells of who may read\n", found.cases());
}

TEST(ReadingMatrixTest, EveryPartThatTheProtosHaveIsNamed) {
  std::set<std::string> named;
  for (const std::vector<std::string>& row : Tables().reading.rows()) {
    for (const std::string& part : PartsOf(row[0])) named.insert(part);
  }
  const std::pair<v1::FacetClass, const char*> parts[] = {
      {v1::FACET_CLASS_PLAN, "plan"},
      {v1::FACET_CLASS_SHEET, "sheet of an observer"},
      {v1::FACET_CLASS_CONSENSUS, "consensus"},
      {v1::FACET_CLASS_FEEDBACK, "feedback"},
      {v1::FACET_CLASS_VERSION, "shared version"},
      {v1::FACET_CLASS_RESPONSE, "teacher's response"},
      {v1::FACET_CLASS_STEPS, "steps"},
      {v1::FACET_CLASS_ANSWERS, "answers"},
      {v1::FACET_CLASS_MANAGEMENT_CELL, "management cell"},
      {v1::FACET_CLASS_CONSENT, "consent"},
      {v1::FACET_CLASS_EVIDENCE, "evidence"},
      {v1::FACET_CLASS_REFERRAL, "referral"},
      {v1::FACET_CLASS_CYCLE_REVIEW, "cycle review"}};
  std::set<int> known = {v1::FACET_CLASS_UNSPECIFIED, v1::FACET_CLASS_BODY};
  for (const auto& [facet_class, name] : parts) {
    known.insert(facet_class);
    EXPECT_EQ(named.count(name), 1u) << name;
  }
  const auto* classes = v1::FacetClass_descriptor();
  for (int i = 0; i < classes->value_count(); ++i) {
    EXPECT_EQ(known.count(classes->value(i)->number()), 1u)
        << classes->value(i)->name() << " is not named in tests/matrix/reading.md";
  }
  EXPECT_EQ(Tables().opening.rows().size(), AllRoles().size());
}

// Directory records are for all staff, and for nobody without a staff account.
TEST(ReadingMatrixTest, TheDirectoryIsForAllStaff) {
  core::VisitFacts facts;
  EXPECT_EQ(sync::FiledUnder(facts, {IdNumber(1), core::kBody, {}}, core::Facet()),
            std::vector<core::Scope>{core::StaffScope()});
  for (const v1::Role role : AllRoles()) {
    MatrixSchool school;
    school.Give(role, true);
    const auto scopes = school.Made().ScopesOf(school.one);
    const bool staff = std::binary_search(scopes.begin(), scopes.end(), core::StaffScope());
    EXPECT_EQ(staff, role != v1::ROLE_GOVERNOR && role != v1::ROLE_EXTERNAL) << RoleName(role);
  }
}

// A part whose plan has not arrived is its writer's alone, whoever else might read it later.
TEST(ReadingMatrixTest, WithoutAPlanAPartIsItsWritersAlone) {
  const core::VisitFacts facts;
  const Id16 writer = IdNumber(7);
  for (uint8_t facet_class = core::kPlan; facet_class <= core::kAnswers; ++facet_class) {
    EXPECT_EQ(
        core::Audience(facts, {IdNumber(1), static_cast<FacetClass>(facet_class), {}}, writer),
        std::vector<core::Scope>{core::PersonScope(writer)});
  }
}

}  // namespace
}  // namespace halfterm::testing
