// Judge, RightToCreate and MayAsk against tests/matrix/writing.md and asking.md: every kind, part,
// state, role, reach, place and standing of a grant.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "sync/facts.h"
#include "sync/judge.h"
#include "sync/schema.h"
#include "tests/matrix/comparison.h"
#include "tests/matrix/school.h"
#include "tests/matrix/standing.h"

namespace halfterm::testing {
namespace {

using core::FacetClass;
using core::Id16;
using core::VisitKind;
using sync::Right;

const char* const kServerParts = "directory, evidence";
const char* const kPartsOfOthers = "consent, referral, cycle review, management cell";

std::set<std::string> KindsOf(const std::string& row) {
  const std::vector<std::string> words = WordsOf(Tables().planning.Row({row})[1]);
  return {words.begin(), words.end()};
}

// Whether the role, where it reaches, plans visits of the kind; and whether any member of staff
// does.
bool PlansByRole(v1::Role role, VisitKind kind) {
  return KindsOf(RoleName(role)).count(KindName(kind)) > 0;
}
bool PlansAsStaff(v1::Role role, VisitKind kind) {
  return role != v1::ROLE_GOVERNOR && role != v1::ROLE_EXTERNAL &&
         KindsOf("any staff").count(KindName(kind)) > 0;
}

// --- who may plan a visit ------------------------------------------------------------------------

enum class Target { kPaired, kOfTheOrg, kOfAnotherOrg, kOneself, kDepartment, kNothing };
constexpr Target kTargets[] = {Target::kPaired,  Target::kOfTheOrg,   Target::kOfAnotherOrg,
                               Target::kOneself, Target::kDepartment, Target::kNothing};

bool Reaches(const std::string& whom, Target target) {
  const bool teacher = target == Target::kOfTheOrg;
  if (whom.find("paired") == 0) return target == Target::kPaired;
  if (whom.find("teachers of the") == 0) return teacher || target == Target::kDepartment;
  if (whom.find("departments of the school") == 0) return target == Target::kDepartment;
  return false;
}

TEST(WritingMatrixTest, S2EveryCellOfWhoMayPlanIsWhatTheMatrixSays) {
  size_t cells = 0, differences = 0;
  std::string first;
  for (const v1::Role role : AllRoles()) {
    for (const Standing standing : kStandings) {
      for (const Target target : kTargets) {
        MatrixSchool school;
        v1::RoleGrant& grant = school.Give(role, true);
        if (target == Target::kPaired) {
          grant.clear_org();
          grant.add_people(BytesOf(school.teacher));
        }
        Stand(grant, standing);
        const sync::Directory directory = school.Made();
        Id16 teacher{}, department = school.maths;
        if (target == Target::kPaired || target == Target::kOfTheOrg) teacher = school.teacher;
        if (target == Target::kOneself) teacher = school.one;
        if (target == Target::kOfAnotherOrg) teacher = school.ann, department = school.science;
        if (target == Target::kNothing) department = {};
        for (const VisitKind kind : AllKinds()) {
          for (const bool of_the_review : {true, false}) {
            const std::string& whom = Tables().planning.Row({RoleName(role)})[2];
            const bool reaches =
                kind == VisitKind::kReview
                    ? of_the_review && target == Target::kDepartment
                    : Reaches(whom, target) ||
                          // A grant on an organisation pairs with its teachers.
                          (whom == "paired teachers" && target == Target::kOfTheOrg);
            // No visit of these kinds names a teacher; a visit of oneself is SELF.
            const bool names_nobody = kind == VisitKind::kReview || kind == VisitKind::kGovernor;
            Right expected = Right::kNever;
            const bool self = kind == VisitKind::kSelf;
            if (PlansAsStaff(role, kind) && self == (target == Target::kOneself)) {
              expected = Right::kNow;
            } else if (PlansByRole(role, kind) && reaches && !(names_nobody && !teacher.IsZero())) {
              if (standing == Standing::kLive) expected = Right::kNow;
              if (standing == Standing::kEndedUnheard) expected = Right::kEndedUnheard;
              if (standing == Standing::kEnded) expected = Right::kEnded;
            }
            const Right right =
                sync::RightToCreate(school.one, kind, teacher, department, LowerOf(standing),
                                    directory, of_the_review ? school.review : school.other_review);
            // A review reaches by its name alone.
            if (kind == VisitKind::kReview && of_the_review && teacher.IsZero() &&
                target == Target::kNothing) {
              continue;
            }
            ++cells;
            if (right == expected) continue;
            if (differences++ >= 10) continue;
            first += "\n  " + RoleName(role) + " " + KindName(kind) + " target " +
                     std::to_string(static_cast<int>(target)) + " standing " +
                     std::to_string(static_cast<int>(standing)) + ": " +
                     std::to_string(static_cast<int>(right)) + ", expected " +
                     std::to_string(static_cast<int>(expected));
          }
        }
      }
    }
  }
  EXPECT_EQ(differences, 0u) << first;
  EXPECT_EQ(Tables().planning.rows().size(), AllRoles().size() + 1);
  std::printf("%zu cells of who may plan\n", cells);
}

// --- who may write, and ask ----------------------------------------------------------------------

// `one` in a visit: at a place, with a role that stands somehow.
struct Case {
  const MatrixSchool& school;
  const MatrixVisit& visit;
  v1::Role role;
  bool reaches;
  Standing standing;
};

// Whether the role of `one`, standing as it does, makes them one of the teacher's leaders.
bool LeadsByRole(const Case& c) {
  if (!c.reaches || c.visit.teacher == c.school.one) return false;
  return c.role == v1::ROLE_HOD || c.role == v1::ROLE_SLT || c.role == v1::ROLE_HEAD;
}

// What is left of the right to observe: it ends with the grant that let `one` observe.
Right ToObserve(const Case& c) {
  const VisitKind kind = c.visit.state.kind;
  const bool by_role = PlansByRole(c.role, kind) && c.reaches;
  if (!HasEnded(c.standing) || !by_role || PlansAsStaff(c.role, kind)) return Right::kNow;
  return c.standing == Standing::kEnded ? Right::kEnded : Right::kEndedUnheard;
}

// The right of `one` by a word of a cell.
Right RightBy(const std::string& word, const Case& c) {
  const bool self = c.visit.state.kind == VisitKind::kSelf;
  const bool teacher = c.visit.teacher == c.school.one;
  const bool may_observe = !teacher || self;
  const bool lead = c.visit.lead == c.school.one && may_observe;
  const bool observer = c.visit.Observes(c.school.one) && may_observe;
  if (word == "nobody") return Right::kNever;
  if (word == "lead") return lead ? ToObserve(c) : Right::kNever;
  if (word == "observers") return observer ? ToObserve(c) : Right::kNever;
  if (word == "teacher") return teacher ? Right::kNow : Right::kNever;
  if (word == "anybody" || word == "anybody but the teacher") {
    if (teacher && word != "anybody") return Right::kNever;
    return observer ? ToObserve(c) : Right::kNow;
  }
  if (word == "leaders") {
    if (!LeadsByRole(c) || c.standing == Standing::kComing) return Right::kNever;
    if (c.standing == Standing::kLive) return Right::kNow;
    return c.standing == Standing::kEnded ? Right::kEnded : Right::kEndedUnheard;
  }
  ADD_FAILURE() << "the matrix says `" << word << "`, which is none of its words";
  return Right::kNever;
}

struct WrittenPart {
  const char* name;
  FacetClass facet_class;
  enum { kNone, kOne, kAnother } sub;
};
const WrittenPart kParts[] = {{"plan", core::kPlan, WrittenPart::kNone},
                              {"own sheet", core::kSheet, WrittenPart::kOne},
                              {"somebody else's sheet", core::kSheet, WrittenPart::kAnother},
                              {"consensus", core::kConsensus, WrittenPart::kNone},
                              {"feedback", core::kFeedback, WrittenPart::kNone},
                              {"steps", core::kSteps, WrittenPart::kNone},
                              {"own response", core::kResponse, WrittenPart::kOne},
                              {"somebody else's response", core::kResponse, WrittenPart::kAnother},
                              {"answers", core::kAnswers, WrittenPart::kNone},
                              {"shared version", core::kVersion, WrittenPart::kNone},
                              {kServerParts, core::kBody, WrittenPart::kNone},
                              {kServerParts, core::kEvidence, WrittenPart::kNone},
                              {kPartsOfOthers, core::kConsent, WrittenPart::kOne},
                              {kPartsOfOthers, core::kReferral, WrittenPart::kNone},
                              {kPartsOfOthers, core::kCycleReview, WrittenPart::kNone},
                              {kPartsOfOthers, core::kManagementCell, WrittenPart::kNone}};

std::string WhenOf(const std::string& part, const MatrixVisit& visit) {
  if (part == "consensus") return visit.state.revealed ? "revealed" : "not revealed";
  if (part == "steps" || part == "own response" || part == "answers") {
    return visit.IsShared() ? "from shared" : "before shared";
  }
  return "at any time";
}

std::string ExpectedOf(const std::string& page, const std::string& cell, const Case& c) {
  Right best = Right::kNever;
  for (const std::string& word : PartsOf(cell)) best = std::max(best, RightBy(word, c));
  return InWords(best, page);
}

// Who was tried, and what came of it.
std::string CaseInWords(const Case& c, const std::string& what, const std::string& is,
                        const std::string& expected) {
  const VisitState& state = c.visit.state;
  return KindName(state.kind) + " " + what + ", level " + std::to_string(state.phase.level) +
         (state.revealed ? " revealed" : "") + ": " + RoleName(c.role) +
         (c.reaches ? " here" : " elsewhere") + " standing " +
         std::to_string(static_cast<int>(c.standing)) +
         (c.visit.lead == c.school.one ? " lead" : "") +
         (c.visit.Observes(c.school.one) ? " observer" : "") +
         (c.visit.teacher == c.school.one ? " teacher" : "") + " gets " + is + ", expected " +
         expected;
}

template <typename Do>
void ForEveryCase(const std::vector<Standing>& standings, Do visit_case) {
  for (const v1::Role role : AllRoles()) {
    for (const bool reaches : {true, false}) {
      for (const Standing standing : standings) {
        MatrixSchool school;
        Stand(school.Give(role, reaches), standing);
        const sync::Directory directory = school.Made();
        for (const VisitKind kind : AllKinds()) {
          for (const VisitState& state : StatesOf(kind)) {
            if (state.announced || state.phase.withdrawn) continue;  // Decide who reads, only.
            std::vector<Place> places(std::begin(kPlaces), std::end(kPlaces));
            // A plan that should never have been: it gives nobody a right over their own lesson.
            places.push_back(Place::kLeadOfOneself);
            for (const Place place : places) {
              const MatrixVisit visit(school, state, place);
              const core::VisitFacts facts = sync::FactsOf(visit.View(), directory);
              visit_case(Case{school, visit, role, reaches, standing}, facts, directory);
            }
          }
        }
      }
    }
  }
}

TEST(WritingMatrixTest, S2EveryCellOfWhoMayWriteIsWhatTheMatrixSays) {
  Comparison found;
  ForEveryCase({Standing::kLive, Standing::kComing, Standing::kEndedUnheard, Standing::kEnded},
               [&](const Case& c, const core::VisitFacts& facts, const sync::Directory& directory) {
                 for (const WrittenPart& part : kParts) {
                   Id16 sub{};
                   if (part.sub == WrittenPart::kOne) sub = c.school.one;
                   if (part.sub == WrittenPart::kAnother) sub = c.school.tom;
                   const std::vector<std::string> first = {part.name, WhenOf(part.name, c.visit)};
                   std::string page;
                   for (const auto& row : Tables().writing.rows()) {
                     if (row[0] == first[0] && row[1] == first[1]) page = row[2];
                   }
                   const std::string& cell = Tables().writing.Cell({first[0], first[1], page},
                                                                   KindName(c.visit.state.kind));
                   core::Group group{};
                   group.facet = c.visit.Facet(part.facet_class, sub);
                   const core::Facet delta;
                   const sync::Judgement judged = sync::Judge(
                       {group, delta, 9, c.school.one, LowerOf(c.standing), false, false, false},
                       c.visit.View(), facts, directory);
                   const std::string expected = ExpectedOf(page, cell, c);
                   const std::string is = InWords(judged);
                   found.Compare(cell, expected == "COMMITTED", is == expected,
                                 [&] { return CaseInWords(c, part.name, is, expected); });
                 }
               });
  found.ExpectNoDifference();
  EXPECT_GT(found.cases(), 100'000u);
  for (const std::string& row : Tables().writing.Unused()) ADD_FAILURE() << "no case of " << row;
  found.ExpectEveryCellMattered(Tables().writing, 3, "anybody");
  std::printf("%zu cells of who may write\n", found.cases());
}

bool MayBy(const std::string& word, const Case& c, const MatrixSchool& school) {
  const bool by_role = PlansByRole(c.role, c.visit.state.kind) && c.reaches;
  const bool lead_has_ended = c.visit.lead == school.one && HasEnded(c.standing) && by_role &&
                              !PlansAsStaff(c.role, c.visit.state.kind);
  if (word == "keeper") {
    // Where the lead's right has ended, `one` is that lead, and so not the keeper.
    return RightBy("lead", c) != Right::kNever && !lead_has_ended;
  }
  if (word == "creators") {
    if (c.visit.teacher == school.one) return false;
    if (PlansAsStaff(c.role, c.visit.state.kind)) return true;
    return by_role && c.standing == Standing::kLive;
  }
  if (word == "lead" || word == "anybody" || word == "anybody but the teacher") {
    return RightBy(word, c) != Right::kNever;
  }
  return RightBy(word, c) == Right::kNow;
}

TEST(AskingMatrixTest, S2EveryCellOfWhoMayAskIsWhatTheMatrixSays) {
  Comparison found;
  const auto* intents = v1::Intent::descriptor()->oneof_decl(0);
  ForEveryCase({Standing::kLive, Standing::kEnded},
               [&](const Case& c, const core::VisitFacts& facts, const sync::Directory& directory) {
                 for (int i = 0; i < intents->field_count(); ++i) {
                   std::string name = intents->field(i)->name();
                   std::transform(name.begin(), name.end(), name.begin(), ::toupper);
                   const auto what = static_cast<v1::Intent::WhatCase>(intents->field(i)->number());
                   const bool on_sheet = what == v1::Intent::kSubmit;
                   for (const bool own : {true, false}) {
                     if (!on_sheet && !own) continue;
                     const std::string row =
                         !on_sheet ? name : name + (own ? " own sheet" : " somebody else's sheet");
                     bool expected = false;
                     const std::string& cell = Tables().asking.Cell({row}, KindName(facts.kind));
                     for (const std::string& word : PartsOf(cell)) {
                       expected = expected || MayBy(word, c, c.school);
                     }
                     const core::FacetId facet =
                         on_sheet ? c.visit.Facet(core::kSheet, own ? c.school.one : c.school.tom)
                                  : c.visit.Facet(core::kPlan);
                     const bool may = sync::MayAsk(what, c.school.one, facet, facts,
                                                   sync::LessonStartMs(c.visit.View()), directory);
                     found.Compare(cell, expected, may == expected, [&] {
                       return CaseInWords(c, row, may ? "yes" : "no", expected ? "yes" : "no");
                     });
                   }
                 }
               });
  found.ExpectNoDifference();
  for (const std::string& row : Tables().asking.Unused()) ADD_FAILURE() << "no intent is " << row;
  found.ExpectEveryCellMattered(Tables().asking, 1, "anybody");
  std::printf("%zu cells of who may ask\n", found.cases());
}

// The other half of `keeper`: somebody else, once the lead's own right has ended.
TEST(AskingMatrixTest, OnceTheLeadsRightHasEndedTheTeachersLeadersKeepTheVisit) {
  for (const VisitKind kind : AllKinds()) {
    if (kind == VisitKind::kSelf) continue;
    MatrixSchool school;
    // Whoever led every kind of visit here leads none now.
    for (const v1::Role role :
         {v1::ROLE_HOD, v1::ROLE_MENTOR, v1::ROLE_COACH, v1::ROLE_PEER, v1::ROLE_AST}) {
      v1::RoleGrant& grant = school.AddGrant(school.lead, role, school.maths);
      Stand(grant, Standing::kEnded);
    }
    for (v1::RoleGrant& grant : school.content.grants) {
      if (grant.person() == BytesOf(school.lead)) Stand(grant, Standing::kEnded);
    }
    school.AddGrant(school.one, v1::ROLE_HOD, school.maths);
    const sync::Directory directory = school.Made();
    const MatrixVisit visit(school, {kind, {false, 0, core::kDraft}, false, false}, Place::kNobody);
    const core::VisitFacts facts = sync::FactsOf(visit.View(), directory);
    const auto keeps = [&](const Id16& person) {
      return sync::KeepsTheVisit(person, facts, sync::LessonStartMs(visit.View()), directory);
    };
    const bool formal = sync::IsForLeaders(kind);
    const bool pair = kind == VisitKind::kCoach || kind == VisitKind::kPeer;
    SCOPED_TRACE(KindName(kind));
    EXPECT_EQ(keeps(school.one), formal);
    EXPECT_EQ(keeps(school.sara), formal);
    EXPECT_EQ(keeps(school.teacher), pair);
    EXPECT_EQ(keeps(school.lead), !formal && !pair) << "no role was needed for it";
    EXPECT_FALSE(keeps(school.hugo));
    EXPECT_FALSE(keeps(school.reader));
  }
}

// --- who sets which field ------------------------------------------------------------------------

struct Field {
  std::string name;
  const sync::FieldSchema* schema;
};

std::vector<Field> FieldsOf(const sync::FacetSchema& facet) {
  std::vector<Field> fields;
  for (const sync::FieldSchema& field : facet.fields) {
    const std::string name = field.descriptor->name();
    fields.push_back({name, &field});
    for (const sync::FieldSchema& part : field.parts) {
      fields.push_back({name + "." + part.descriptor->name(), &part});
    }
  }
  return fields;
}

TEST(WritingMatrixTest, S2EveryFieldOfTheProtosIsNamedWithWhoSetsIt) {
  const Table table("writing.md", {"part", "set by"});
  const std::pair<v1::FacetClass, const char*> parts[] = {
      {v1::FACET_CLASS_PLAN, "plan"},
      {v1::FACET_CLASS_SHEET, "sheet"},
      {v1::FACET_CLASS_CONSENSUS, "consensus"},
      {v1::FACET_CLASS_FEEDBACK, "feedback"},
      {v1::FACET_CLASS_VERSION, "shared version"},
      {v1::FACET_CLASS_RESPONSE, "response"},
      {v1::FACET_CLASS_STEPS, "steps"},
      {v1::FACET_CLASS_ANSWERS, "answers"},
      {v1::FACET_CLASS_MANAGEMENT_CELL, "management cell"},
      {v1::FACET_CLASS_BODY, "directory"},
      {v1::FACET_CLASS_CONSENT, "consent"},
      {v1::FACET_CLASS_EVIDENCE, "evidence"},
      {v1::FACET_CLASS_REFERRAL, "referral"},
      {v1::FACET_CLASS_CYCLE_REVIEW, "cycle review"}};
  std::set<std::string> named, there;
  for (const std::vector<std::string>& row : table.rows()) {
    for (const std::string& field : PartsOf(row[2])) {
      EXPECT_TRUE(named.insert(row[0] + ": " + field + " by " + row[1]).second) << field;
    }
  }
  size_t classes = 1;  // UNSPECIFIED.
  for (const auto& [facet_class, name] : parts) {
    const sync::FacetSchema* facet =
        sync::Schema::OfThisBuild().Facet(static_cast<uint8_t>(facet_class));
    ASSERT_NE(facet, nullptr) << name;
    ++classes;
    for (const Field& field : FieldsOf(*facet)) {
      const bool server = field.schema->server || facet->server;
      const char* by = server ? "server" : field.schema->once ? "creator" : "writer";
      there.insert(std::string(name) + ": " + field.name + " by " + by);
    }
  }
  EXPECT_EQ(named, there) << "tests/matrix/writing.md and the protos differ";
  EXPECT_EQ(classes, static_cast<size_t>(v1::FacetClass_descriptor()->value_count()));
  std::printf("%zu fields named\n", named.size());
}

}  // namespace
}  // namespace halfterm::testing
