// Who may read, cell by cell of the written table: rows are facets in their phases, columns kinds of
// visit. The words are those of the table, resolved here a second time.

#include "sync/core/audience.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace halfterm::core {
namespace {

Id16 IdOf(std::uint8_t number) {
  Id16 id;
  id.bytes[15] = number;
  return id;
}

const Id16 kLead = IdOf(1), kSecond = IdOf(2), kTeacher = IdOf(3), kReader = IdOf(4),
           kDepartment = IdOf(5), kSchool = IdOf(6), kHead = IdOf(7), kStranger = IdOf(8);

VisitFacts Facts(VisitKind kind, std::uint8_t level) {
  VisitFacts facts;
  facts.has_plan = true;
  facts.kind = kind;
  facts.phase = {false, static_cast<std::uint16_t>(level >= kShared ? 1 : 0), level};
  facts.revealed = level >= kSubmitted;
  facts.lead = kLead;
  facts.observers = {kLead, kSecond};
  facts.teacher = kTeacher;
  facts.department = kDepartment;
  facts.school = kSchool;
  facts.readers = {kReader};
  return facts;
}

// OBS: every observer. LEAD: whoever leads the teacher. TCH, WITH: the teacher, and whom they let
// read. own: the author of the sheet or response. lead: the visit's lead alone.
std::vector<Scope> Resolve(const std::string& words, const FacetId& facet) {
  std::vector<Scope> scopes;
  std::istringstream in(words);
  for (std::string word; in >> word;) {
    if (word == "OBS") scopes.insert(scopes.end(), {PersonScope(kLead), PersonScope(kSecond)});
    if (word == "LEAD") {
      scopes.insert(scopes.end(), {DepartmentScope(kDepartment), SchoolScope(kSchool)});
    }
    if (word == "TCH") scopes.push_back(PersonScope(kTeacher));
    if (word == "WITH") scopes.push_back(PersonScope(kReader));
    if (word == "own") scopes.push_back(PersonScope(facet.sub));
    if (word == "lead") scopes.push_back(PersonScope(kLead));
  }
  std::sort(scopes.begin(), scopes.end());
  scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
  return scopes;
}

std::string Print(const std::vector<Scope>& scopes) {
  std::string text;
  for (const Scope& scope : scopes) {
    text += std::to_string(scope.type) + ":" + std::to_string(scope.id.bytes[15]) + " ";
  }
  return text;
}

struct Row {
  const char* what;
  FacetClass facet_class;
  std::vector<std::uint8_t> levels;
  const char *formal, *coach, *peer, *informal, *self, *calib;
};

const Row kRows[] = {
    {"plan, planned", kPlan, {kPlanned}, "OBS LEAD", "OBS", "OBS TCH", "OBS", "TCH", "OBS"},
    {"plan, draft", kPlan, {kDraft}, "OBS LEAD TCH", "OBS", "OBS TCH", "OBS", "TCH", "OBS"},
    {"plan, submitted and later", kPlan, {kSubmitted, kShared, kClosed}, "OBS LEAD TCH", "OBS TCH",
     "OBS TCH", "OBS TCH", "TCH WITH", "OBS"},
    {"sheet before reveal", kSheet, {kPlanned, kDraft}, "own", "own", "OBS TCH", "own", "TCH",
     "own"},
    {"sheet after reveal", kSheet, {kSubmitted, kShared, kClosed}, "OBS LEAD", "own", "OBS TCH",
     "OBS TCH", "TCH WITH", "OBS"},
    {"consensus after reveal", kConsensus, {kSubmitted, kShared}, "OBS LEAD", nullptr, nullptr,
     nullptr, nullptr, "OBS"},
    {"feedback before reveal", kFeedback, {kDraft}, "lead", "lead", "OBS TCH", "lead", "TCH",
     "lead"},
    {"feedback after reveal", kFeedback, {kSubmitted, kShared}, "OBS LEAD", "lead", "OBS TCH",
     "OBS TCH", "TCH WITH", "OBS"},
    {"version", kVersion, {kShared}, "OBS LEAD TCH WITH", "OBS TCH WITH", "OBS TCH WITH",
     "OBS TCH", "TCH WITH", "OBS"},
    {"version, closed", kVersion, {kClosed}, "OBS LEAD TCH", "OBS TCH WITH", "OBS TCH WITH",
     "OBS TCH", "TCH WITH", "OBS"},
    {"response", kResponse, {kShared}, "OBS LEAD TCH WITH", "OBS TCH WITH", "OBS TCH WITH",
     "OBS TCH", "TCH WITH", ""},
    {"answers", kAnswers, {kShared}, "OBS LEAD TCH WITH", "OBS TCH WITH", "OBS TCH WITH",
     "OBS TCH", "TCH WITH", ""},
    {"steps before shared", kSteps, {kDraft}, "lead", "lead", "OBS TCH", "lead", "TCH", ""},
    {"steps from shared", kSteps, {kShared}, "OBS LEAD TCH WITH", "OBS TCH WITH", "OBS TCH WITH",
     "OBS TCH", "TCH WITH", ""},
    {"steps, closed", kSteps, {kClosed}, "OBS LEAD TCH", "OBS TCH WITH", "OBS TCH WITH", "OBS TCH",
     "TCH WITH", ""},
};

TEST(AudienceTest, EveryCellOfTheTable) {
  int cells = 0;
  for (const Row& row : kRows) {
    const struct {
      std::vector<VisitKind> kinds;
      const char* words;
    } columns[] = {
        {{VisitKind::kDept, VisitKind::kTeam, VisitKind::kWalk, VisitKind::kMentor, VisitKind::kAst},
         row.formal},
        {{VisitKind::kCoach}, row.coach},
        {{VisitKind::kPeer}, row.peer},
        {{VisitKind::kInformal}, row.informal},
        {{VisitKind::kSelf}, row.self},
        {{VisitKind::kCalib}, row.calib},
    };
    for (const auto& column : columns) {
      if (column.words == nullptr) continue;
      for (const VisitKind kind : column.kinds) {
        for (const std::uint8_t level : row.levels) {
          FacetId facet{IdOf(99), static_cast<std::uint8_t>(row.facet_class), {}};
          if (row.facet_class == kSheet) facet.sub = kSecond;
          if (row.facet_class == kResponse) facet.sub = kTeacher;
          VisitFacts facts = Facts(kind, level);
          if (kind == VisitKind::kSelf) {
            facts.lead = kTeacher;
            facts.observers = {kTeacher};
            if (row.facet_class == kSheet) facet.sub = kTeacher;
          }
          const std::vector<Scope> wanted = Resolve(column.words, facet);
          EXPECT_EQ(Print(Audience(facts, facet, kStranger)), Print(wanted))
              << row.what << ", kind " << static_cast<int>(kind) << ", level "
              << static_cast<int>(level);
          ++cells;
        }
      }
    }
  }
  std::printf("%d cells\n", cells);
}

TEST(AudienceTest, AnAnnouncedVisitShowsItsPlanToTheTeacher) {
  for (const VisitKind kind : {VisitKind::kDept, VisitKind::kCoach}) {
    VisitFacts facts = Facts(kind, kPlanned);
    const FacetId plan{IdOf(99), kPlan, {}};
    const auto shows = [&] {
      const std::vector<Scope> scopes = Audience(facts, plan, {});
      return std::find(scopes.begin(), scopes.end(), PersonScope(kTeacher)) != scopes.end();
    };
    EXPECT_FALSE(shows());
    facts.announced = true;
    EXPECT_TRUE(shows());
  }
}

TEST(AudienceTest, NobodyReadsLeadersPagesAboutThemself) {
  VisitFacts facts = Facts(VisitKind::kDept, kShared);
  const FacetId version{IdOf(99), kVersion, {}};
  facts.readers.clear();
  facts.lead_rule = LeadRule::kSchool;
  EXPECT_EQ(Print(LeadScopes(facts)), Print({SchoolScope(kSchool)}));
  facts.lead_rule = LeadRule::kHeads;
  facts.heads = {kHead, kTeacher};
  EXPECT_EQ(Print(LeadScopes(facts)), Print({PersonScope(kHead)}));
  const std::vector<Scope> readers = Audience(facts, version, {});
  EXPECT_EQ(std::count(readers.begin(), readers.end(), SchoolScope(kSchool)), 0);
  EXPECT_EQ(std::count(readers.begin(), readers.end(), DepartmentScope(kDepartment)), 0);
}

TEST(AudienceTest, AWithdrawnVisitIsAStubForThoseWhoCouldReadIt) {
  for (int kind = 1; kind <= 12; ++kind) {
    for (const std::uint8_t level : {kPlanned, kDraft, kSubmitted, kShared, kClosed}) {
      VisitFacts facts = Facts(static_cast<VisitKind>(kind), level);
      facts.phase.withdrawn = true;
      for (int facet_class = 1; facet_class <= 8; ++facet_class) {
        const FacetId facet{IdOf(99), static_cast<std::uint8_t>(facet_class), {}};
        EXPECT_EQ(Audience(facts, facet, {}).empty(), facet_class != kPlan)
            << kind << " " << facet_class;
      }
    }
  }
}

TEST(AudienceTest, AFacetWithoutItsPlanIsItsAuthorsAlone) {
  const VisitFacts none;
  EXPECT_EQ(Print(Audience(none, {IdOf(99), kSheet, kSecond}, kSecond)),
            Print({PersonScope(kSecond)}));
  EXPECT_TRUE(Audience(none, {IdOf(99), kFeedback, {}}, Id16{}).empty());
}

TEST(AudienceTest, ASheetOfNobodyExpectedStaysItsAuthors) {
  for (int kind = 1; kind <= 12; ++kind) {
    const VisitFacts facts = Facts(static_cast<VisitKind>(kind), kShared);
    EXPECT_EQ(Print(Audience(facts, {IdOf(99), kSheet, kStranger}, kStranger)),
              Print({PersonScope(kStranger)}))
        << kind;
  }
}

TEST(AudienceTest, AKindOfALaterVersionIsTheLeadsAlone) {
  const VisitFacts facts = Facts(static_cast<VisitKind>(77), kShared);
  for (int facet_class = 1; facet_class <= 8; ++facet_class) {
    if (facet_class == kSheet) continue;
    EXPECT_EQ(Print(Audience(facts, {IdOf(99), static_cast<std::uint8_t>(facet_class), {}}, {})),
              Print({PersonScope(kLead)}));
  }
}

}  // namespace
}  // namespace halfterm::core
