// Audience and Judge of referrals, support plans and cycle reviews against tests/matrix/reading.md
// and writing.md: every page, state, role, reach and place.

#include "sync/referral.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "sync/facts.h"
#include "sync/judge.h"
#include "tests/matrix/comparison.h"
#include "tests/matrix/readers.h"
#include "tests/matrix/school.h"
#include "tests/matrix/standing.h"

namespace halfterm::testing {
namespace {

using core::FacetClass;
using core::Id16;
using core::Kind;
using core::Path;
using sync::Right;

// Both: the teacher's two tablets say different things.
enum class Consent { kNone, kGiven, kRefused, kBoth };
enum class Spot { kNobody, kOpener, kTeacher, kHelper };
constexpr Spot kAll[] = {Spot::kNobody, Spot::kOpener, Spot::kTeacher, Spot::kHelper};

struct State {
  uint8_t level;
  bool withdrawn, of_department;
  Consent consent;

  bool Agreed() const {
    return level >= core::kReferralConsented && (consent == Consent::kNone || Given());
  }
  bool Given() const { return consent == Consent::kGiven || of_department; }
  std::string When() const {
    if (withdrawn) return level == 0 ? "withdrawn as a draft" : "withdrawn";
    if (level == 0) return "draft";
    if (level < core::kReferralConsented) return "open";
    return Agreed() ? "agreed" : "taken back";
  }
};

std::vector<State> States() {
  std::vector<State> states;
  for (uint8_t level = 0; level <= core::kReferralClosed; ++level) {
    for (const bool withdrawn : {false, true}) {
      for (const bool of_department : {false, true}) {
        for (const Consent consent :
             {Consent::kNone, Consent::kGiven, Consent::kRefused, Consent::kBoth}) {
          if (of_department && consent != Consent::kNone) continue;  // Nobody's to give.
          states.push_back({level, withdrawn, of_department, consent});
        }
      }
    }
  }
  return states;
}

// The referral with `one` at that place, as cells.
class MatrixReferral {
 public:
  MatrixReferral(const MatrixSchool& school, const State& given, Spot at)
      : state(given), held_(kRecord) {
    opener = at == Spot::kOpener ? school.one : school.lead;
    helper = at == Spot::kHelper ? school.one : school.reader;
    if (!state.of_department) teacher = at == Spot::kTeacher ? school.one : school.teacher;
    VisitWriter writer(opener, 1);
    VisitWriter::Values values = {{Path::Field(3, Kind::kReg), BytesOf(school.maths)},
                                  {Path::Field(4, Kind::kReg), BytesOf(helper)}};
    if (!teacher.IsZero()) values.emplace_back(Path::Field(2, Kind::kReg), BytesOf(teacher));
    Visit record(kRecord);
    writer.Write(record, Facet(core::kReferral), values);
    record.SetPhase(Facet(core::kReferral), 0, state.level, state.withdrawn);
    const auto say = [&](uint64_t tablet, uint64_t given_or_not) {
      VisitWriter(teacher, tablet)
          .Write(record, Facet(core::kConsent, teacher),
                 {{Path::Field(1, Kind::kReg), Number(given_or_not)}});
    };
    if (state.consent == Consent::kGiven || state.consent == Consent::kBoth) say(2, 1);
    if (state.consent == Consent::kRefused || state.consent == Consent::kBoth) say(3, 0);
    held_ = record.All();
  }

  sync::RecordView View() const { return held_.View(); }
  core::FacetId Facet(FacetClass facet_class, const Id16& sub = {}) const {
    return {kRecord, facet_class, sub};
  }

  static inline const Id16 kRecord = IdNumber(91);
  const State state;
  Id16 opener{}, teacher{}, helper{};

 private:
  Held held_;
};

// --- who may read --------------------------------------------------------------------------------

bool IsAmong(const std::string& word, const MatrixReferral& referral, const MatrixSchool& school,
             const Subject& subject, TeacherIs teacher_is, const Id16& writer) {
  const auto named = [&](const Id16& person) {
    return !person.IsZero() && person == school.one && subject.has_pages;
  };
  if (word == "nobody") return false;
  if (word == "opener") return named(referral.opener);
  if (word == "teacher") return named(referral.teacher);
  if (word == "helper") return named(referral.helper);
  if (word == "writer") return named(writer);
  if (word == "the other heads") {
    return subject.has_pages && subject.groups.count("heads") > 0 && referral.teacher != school.one;
  }
  if (word == "leaders") {
    const char* row =
        LeadingRow(!referral.teacher.IsZero(), referral.teacher == school.one, subject, teacher_is);
    for (const std::string& leader : PartsOf(Tables().leading.Row({row})[1])) {
      if (IsAmong(leader, referral, school, subject, teacher_is, writer)) return true;
    }
    return false;
  }
  if (word == "head of department" || word == "senior leaders") {
    return subject.groups.count(word) > 0;
  }
  ADD_FAILURE() << "the matrix says `" << word << "`, which is none of its words";
  return false;
}

struct Page {
  const char* name;
  FacetClass facet_class;
  enum { kNone, kOne, kTeacher } sub;
};

TEST(ReferralMatrixTest, S2EveryCellOfWhoMayReadIsWhatTheMatrixSays) {
  const Page pages[] = {{"referral", core::kReferral, Page::kNone},
                        {"the teacher's consent", core::kConsent, Page::kTeacher},
                        {"anybody else's consent", core::kConsent, Page::kOne},
                        {"evidence", core::kEvidence, Page::kNone},
                        {"a sheet or response that strayed there", core::kSheet, Page::kOne},
                        {"a sheet or response that strayed there", core::kResponse, Page::kOne},
                        {"any page of a visit", core::kPlan, Page::kNone},
                        {"any page of a visit", core::kVersion, Page::kOne},
                        {"any page of a visit", core::kFeedback, Page::kNone},
                        {"any page of a visit", core::kSteps, Page::kNone},
                        {"any page of a visit", core::kAnswers, Page::kNone},
                        {"any page of a visit", core::kConsensus, Page::kNone},
                        {"any page of a visit", core::kCycleReview, Page::kNone}};
  Comparison found;
  for (const v1::Role role : AllRoles()) {
    for (const bool reaches : {true, false}) {
      for (const TeacherIs is : {TeacherIs::kAnybody, TeacherIs::kHeadOfDepartment,
                                 TeacherIs::kSeniorLeader, TeacherIs::kHead}) {
        MatrixSchool school;
        school.MakeTeacher(is);
        school.Give(role, reaches);
        const sync::Directory directory = school.Made();
        const Subject subject = SubjectOf(role, reaches);
        const std::vector<core::Scope> own = directory.ScopesOf(school.one);
        for (const State& state : States()) {
          for (const Spot at : kAll) {
            // A teacher of their own is one case, whatever the other teacher is.
            if (at == Spot::kTeacher && (is != TeacherIs::kAnybody || state.of_department))
              continue;
            const MatrixReferral referral(school, state, at);
            const core::VisitFacts facts = sync::FactsOf(referral.View(), directory);
            for (const Page& page : pages) {
              const Id16 sub = page.sub == Page::kOne       ? school.one
                               : page.sub == Page::kTeacher ? referral.teacher
                                                            : Id16{};
              std::string name = page.name;
              if (page.sub == Page::kTeacher && sub.IsZero()) continue;
              if (page.facet_class == core::kConsent && sub == referral.teacher) {
                name = "the teacher's consent";
              }
              const bool always = name.find("any page") == 0 || name.find("a sheet") == 0;
              const std::string& cell =
                  Tables().referral_reading.Row({name, always ? "at any time" : state.When()})[2];
              bool expected = false;
              for (const std::string& word : PartsOf(cell)) {
                expected = expected || IsAmong(word, referral, school, subject, is, sub);
              }
              const auto scopes =
                  core::Audience(facts, referral.Facet(page.facet_class, sub), Id16{});
              const bool may = std::any_of(scopes.begin(), scopes.end(), [&own](const auto& s) {
                return std::binary_search(own.begin(), own.end(), s);
              });
              found.Compare(cell, expected, may == expected, [&] {
                return name + " " + state.When() + ": " + RoleName(role) +
                       (reaches ? " here" : " elsewhere") + " at " +
                       std::to_string(static_cast<int>(at)) + ", teacher " +
                       std::to_string(static_cast<int>(is)) +
                       (expected ? " should read it" : " reads it");
              });
            }
          }
        }
      }
    }
  }
  found.ExpectNoDifference();
  found.ExpectEveryCellMattered(Tables().referral_reading, 2, "writer");
  for (const std::string& row : Tables().referral_reading.Unused())
    ADD_FAILURE() << "no case is of " << row;
  std::printf("%zu cells of who may read a referral\n", found.cases());
}

TEST(ReferralMatrixTest, S2EveryCellOfWhoMayReadWhatIsOfADepartmentOrSchoolIsWhatTheMatrixSays) {
  size_t cells = 0;
  for (const auto& [facet_class, scope_field] : {std::pair(core::kCycleReview, uint16_t{2}),
                                                 std::pair(core::kManagementCell, uint16_t{1})}) {
    for (const bool of_school : {false, true}) {
      const std::string& cell = Tables().reviews.Row({of_school ? "a school" : "a department"})[1];
      for (const v1::Role role : AllRoles()) {
        for (const bool reaches : {true, false}) {
          MatrixSchool school;
          school.Give(role, reaches);
          const sync::Directory directory = school.Made();
          const Subject subject = SubjectOf(role, reaches);
          Visit record(IdNumber(92));
          const core::FacetId id{record.record, facet_class, {}};
          VisitWriter(school.lead, 1)
              .Write(record, id,
                     {{Path::Field(scope_field, Kind::kReg),
                       BytesOf(of_school ? school.site : school.maths)}});
          const Held held = record.All();
          const core::VisitFacts facts = sync::FactsOf(held.View(), directory);
          bool expected = false;
          for (const std::string& group : PartsOf(cell)) {
            expected = expected || subject.groups.count(group) > 0;
          }
          const auto own = directory.ScopesOf(school.one);
          const auto scopes = core::Audience(facts, id, Id16{});
          EXPECT_EQ(std::any_of(scopes.begin(), scopes.end(),
                                [&own](const auto& s) {
                                  return std::binary_search(own.begin(), own.end(), s);
                                }),
                    expected)
              << RoleName(role) << (reaches ? " here" : " elsewhere");
          // Whoever reads it writes in it.
          core::Group group{};
          group.facet = id;
          const core::Facet delta;
          const sync::Judgement judged = sync::Judge(
              {group, delta, 9, school.one, testing::At(2026, 9, 16), false, false, false},
              held.View(), facts, directory);
          EXPECT_EQ(judged.disposition == v1::DISPOSITION_COMMITTED, expected) << RoleName(role);
          ++cells;
        }
      }
    }
  }
  std::printf("%zu cells of cycle reviews and the management matrix\n", cells);
}

// --- who may write -------------------------------------------------------------------------------

// What a role that leads the subject is worth as it stands.
Right AsLeader(v1::Role role, bool reaches, Standing standing) {
  const bool leads = role == v1::ROLE_HOD || role == v1::ROLE_SLT || role == v1::ROLE_HEAD;
  if (!leads || !reaches || standing == Standing::kComing) return Right::kNever;
  if (standing == Standing::kLive) return Right::kNow;
  return standing == Standing::kEnded ? Right::kEnded : Right::kEndedUnheard;
}

TEST(ReferralMatrixTest, S2EveryCellOfWhoMayWriteIsWhatTheMatrixSays) {
  const struct {
    const char* name;
    FacetClass facet_class;
    bool own, anothers;
  } pages[] = {{"referral", core::kReferral, false, false},
               {"own consent", core::kConsent, true, false},
               {"somebody else's consent", core::kConsent, false, true},
               {"evidence, directory", core::kEvidence, false, false},
               {"evidence, directory", core::kBody, false, false}};
  Comparison found;
  for (const v1::Role role : AllRoles()) {
    for (const bool reaches : {true, false}) {
      for (const Standing standing : kStandings) {
        MatrixSchool school;
        Stand(school.Give(role, reaches), standing);
        const sync::Directory directory = school.Made();
        for (const State& state : States()) {
          if (state.withdrawn) continue;  // Decides who reads, only.
          for (const Spot at : kAll) {
            if (at == Spot::kTeacher && state.of_department) continue;
            const MatrixReferral referral(school, state, at);
            const core::VisitFacts facts = sync::FactsOf(referral.View(), directory);
            for (const auto& page : pages) {
              const Id16 sub = page.own ? school.one : page.anothers ? school.tom : Id16{};
              std::string kept_as;
              for (const auto& row : Tables().referral_writing.rows()) {
                if (row[0] == page.name && row[1] == state.When()) kept_as = row[2];
              }
              const std::string& cell =
                  Tables().referral_writing.Row({page.name, state.When(), kept_as})[3];
              const Right leads =
                  at == Spot::kTeacher ? Right::kNever : AsLeader(role, reaches, standing);
              Right best = Right::kNever;
              for (const std::string& word : PartsOf(cell)) {
                if (word == "opener" && at == Spot::kOpener) {
                  best = std::max(best, leads == Right::kNever ? Right::kNow : leads);
                } else if (word == "leaders") {
                  best = std::max(best, leads);
                } else if ((word == "helper" && at == Spot::kHelper) ||
                           (word == "teacher" && at == Spot::kTeacher)) {
                  best = Right::kNow;
                }
              }
              core::Group group{};
              group.facet = referral.Facet(page.facet_class, sub);
              const core::Facet delta;
              const sync::Judgement judged =
                  sync::Judge({group, delta, 9, school.one, LowerOf(standing), false, false, false},
                              referral.View(), facts, directory);
              const std::string expected = InWords(best, kept_as);
              const std::string is = InWords(judged);
              found.Compare(cell, expected == "COMMITTED", is == expected, [&] {
                return std::string(page.name) + " " + state.When() + ": " + RoleName(role) +
                       (reaches ? " here" : " elsewhere") + " standing " +
                       std::to_string(static_cast<int>(standing)) + " at " +
                       std::to_string(static_cast<int>(at)) + " gets " + is + ", expected " +
                       expected;
              });
            }
          }
        }
      }
    }
  }
  found.ExpectNoDifference();
  found.ExpectEveryCellMattered(Tables().referral_writing, 3);
  for (const std::string& row : Tables().referral_writing.Unused())
    ADD_FAILURE() << "no case of " << row;
  std::printf("%zu cells of who may write in a referral\n", found.cases());
}

// --- who may open one ----------------------------------------------------------------------------

// kAnotherDepartments: a colleague, and a department where they do not teach.
enum class About { kTeacher, kAnotherDepartments, kOneself, kDepartment, kNobody };

TEST(ReferralMatrixTest, S2EveryCellOfWhoMayOpenOneIsWhatTheMatrixSays) {
  size_t cells = 0;
  for (const v1::Role role : AllRoles()) {
    for (const Standing standing : kStandings) {
      for (const TeacherIs is : {TeacherIs::kAnybody, TeacherIs::kHeadOfDepartment,
                                 TeacherIs::kSeniorLeader, TeacherIs::kHead}) {
        MatrixSchool school;
        school.MakeTeacher(is);
        Stand(school.Give(role, true), standing);
        const sync::Directory directory = school.Made();
        for (const About about : {About::kTeacher, About::kAnotherDepartments, About::kOneself,
                                  About::kDepartment, About::kNobody}) {
          const struct {
            Id16 id;
            bool may;
          } helpers[] = {{Id16{}, true},
                         {school.reader, true},
                         {school.gus, false},
                         {IdNumber(99), false},
                         {school.teacher, about != About::kTeacher}};
          for (const auto& helper : helpers) {
            VisitWriter::Values values;
            const auto set = [&values](uint16_t field, const Id16& id) {
              if (!id.IsZero()) values.emplace_back(Path::Field(field, Kind::kReg), BytesOf(id));
            };
            if (about == About::kTeacher) set(2, school.teacher);
            if (about == About::kAnotherDepartments) set(2, school.ann), set(3, school.maths);
            if (about == About::kOneself) set(2, school.one);
            if (about == About::kDepartment) set(3, school.maths);
            set(4, helper.id);
            Visit record(IdNumber(93));
            const core::FacetId id{record.record, core::kReferral, {}};
            VisitWriter(school.one, 9).Write(record, id, values);
            core::Group group{};
            group.facet = id;
            const sync::RecordView nothing{record.record, {}};
            const sync::Judgement judged =
                sync::Judge({group, record.written[0].cells, 9, school.one, LowerOf(standing),
                             false, false, true},
                            nothing, sync::FactsOf(nothing, directory), directory);

            const std::string row =
                role == v1::ROLE_HOD || role == v1::ROLE_SLT || role == v1::ROLE_HEAD
                    ? RoleName(role)
                    : "anybody else";
            const std::string& whom = Tables().who_opens.Row({row})[1];
            Right expected = Right::kNever;
            const bool leads_teacher =
                is == TeacherIs::kAnybody ||
                (is == TeacherIs::kHeadOfDepartment ? role != v1::ROLE_HOD : role == v1::ROLE_HEAD);
            const bool reaches = whom != "nobody" && ((about == About::kTeacher && leads_teacher) ||
                                                      about == About::kDepartment);
            if (reaches && helper.may) expected = AsLeader(role, true, standing);
            EXPECT_EQ(InWords(judged), InWords(expected, "own"))
                << RoleName(role) << " standing " << static_cast<int>(standing) << " about "
                << static_cast<int>(about) << " teacher " << static_cast<int>(is);
            ++cells;
          }
        }
      }
    }
  }
  std::printf("%zu cells of who may open a referral\n", cells);
}

// What a visit's page would make of a referral, and the other way round, is nothing.
TEST(ReferralMatrixTest, ARecordStaysOfTheSortThatItsFirstPageMadeIt) {
  MatrixSchool school;
  school.Give(v1::ROLE_HOD, true);
  const sync::Directory directory = school.Made();
  const MatrixReferral referral(school, {core::kReferralActive, false, false, Consent::kGiven},
                                Spot::kOpener);
  const MatrixVisit visit(school, {core::VisitKind::kDept, {}, false, false}, Place::kLead);
  const auto judged = [&](const sync::RecordView& record, FacetClass facet_class,
                          const core::Facet& delta) {
    core::Group group{};
    group.facet = {record.id, facet_class, facet_class == core::kConsent ? school.one : Id16{}};
    return InWords(
        sync::Judge({group, delta, 1, school.one, testing::At(2026, 9, 16), false, false, true},
                    record, sync::FactsOf(record, directory), directory));
  };
  const auto page_of = [](const sync::RecordView& record, FacetClass facet_class) {
    return *record.Find(facet_class);
  };
  const std::string never = "QUARANTINED NEVER_ALLOWED";
  EXPECT_EQ(judged(referral.View(), core::kPlan, page_of(visit.View(), core::kPlan)), never);
  EXPECT_EQ(judged(visit.View(), core::kReferral, page_of(referral.View(), core::kReferral)),
            never);
  EXPECT_EQ(judged(visit.View(), core::kConsent, {}), never);
  EXPECT_EQ(judged(visit.View(), core::kCycleReview, {}), never);
  EXPECT_EQ(judged(referral.View(), core::kCycleReview, {}), never);
}

}  // namespace
}  // namespace halfterm::testing
