// A school year by chance: visits of every kind, edits, sharing, acknowledgements of what was
// shared and of other texts, questions, withdrawals, erasures, teachers who move, records corrected
// to another person, a teacher who is in the roster twice (merged, and taken apart again), and
// changes of policy. After every gesture the roll-up rows that it touched are what the records say;
// after each merge, every so often, and at each half-term, all of them are.
//
// HALFTERM_VISITS sets how many visits; tools/soak year runs 7,000.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "storage/commit/batch.h"
#include "storage/commit/merge_people.h"
#include "storage/commit/rollups.h"
#include "sync/contribution.h"
#include "sync/core/codec.h"
#include "sync/core/digest.h"
#include "sync/facts.h"
#include "tests/support/committed_school.h"
#include "tests/support/engine_rows.h"
#include "tests/support/hex.h"
#include "tests/support/seed.h"
#include "tests/support/stored_directory.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {
namespace {

using core::FacetId;
using core::Id16;
using core::Kind;
using core::Path;
using Values = std::vector<std::pair<Path, std::string>>;

size_t Visits() {
  const char* const wanted = std::getenv("HALFTERM_VISITS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 400;
}

// Puts another directory in place, as an import does, and has everything derived again.
class NewDirectory final : public storage::Job {
 public:
  NewDirectory(storage::Tenant tenant, std::shared_ptr<const sync::Directory> directory,
               std::promise<void>& done)
      : tenant_(tenant), directory_(std::move(directory)), done_(done) {}
  void Apply(storage::Batch& batch) override {
    batch.PutDirectory(tenant_, "Northgate", directory_);
    EXPECT_TRUE(batch.Rederive(tenant_).ok());
  }
  void Done(const absl::Status& committed) override {
    EXPECT_TRUE(committed.ok()) << committed;
    done_.set_value();
  }

 private:
  const storage::Tenant tenant_;
  const std::shared_ptr<const sync::Directory> directory_;
  std::promise<void>& done_;
};

// Does nothing; the committer has done what came before it.
class Mark final : public storage::Job {
 public:
  explicit Mark(std::promise<void>& done) : done_(done) {}
  void Apply(storage::Batch&) override {}
  void Done(const absl::Status&) override { done_.set_value(); }

 private:
  std::promise<void>& done_;
};

using Row = std::vector<int64_t>;

class SchoolYear {
 public:
  explicit SchoolYear(uint64_t seed) : random_(seed) {
    SmallSchool& people = school_.people;
    for (const auto& [person, role] : {std::pair(people.ann, v1::ROLE_COACH),
                                       {people.ann, v1::ROLE_PEER},
                                       {people.tom, v1::ROLE_MENTOR},
                                       {people.ann, v1::ROLE_AST}}) {
      people.AddGrant(person, role, {}).add_people(BytesOf(people.tia));
    }
    people.AddPerson(again_, "T. Green", {people.maths});
    v1::Cycle& cycle = people.content.cycles.emplace_back();
    cycle.set_id(BytesOf(IdNumber(70)));
    cycle.set_org(BytesOf(people.site));
    cycle.set_start_day(Day(2026, 9, 7));
    StoreDirectory(school_);
    uint8_t device = 1;
    for (const Id16& person : {people.hana, people.hugo, people.sara, people.hedy, people.ann,
                               people.tom, people.tia, again_}) {
      tablets_.emplace(person, school_.Tablet(person, device++));
    }
  }

  // One visit and some gestures; the rows that they touched are compared.
  void Step() {
    const Id16 visit = NewVisit();
    visits_.push_back(visit);
    CompareTouched(visit);
    const size_t gestures = random_() % 3;
    for (size_t i = 0; i < gestures; ++i) {
      const Id16 other = visits_[random_() % visits_.size()];
      Gesture(other);
      CompareTouched(other);
    }
    if (random_() % MergesOneIn() == 0) MergeOrUndo();
  }

  // The administrator finds that two entries are one person, or were two after all.
  void MergeOrUndo() {
    v1::MergePeopleRequest request;
    request.set_tenant("Northgate");
    request.set_second(BytesOf(again_));
    request.set_into(BytesOf(school_.people.tia));
    // Now and then once more: what has come for the second entry since is filed too.
    request.set_undo(is_merged_ && random_() % 4 != 0);
    std::promise<absl::StatusOr<v1::MergePeopleReply>> done;
    school_.committer().Submit(storage::MakeMergePeople(
        request,
        [&done](absl::StatusOr<v1::MergePeopleReply> reply) { done.set_value(std::move(reply)); }));
    const absl::StatusOr<v1::MergePeopleReply> reply = done.get_future().get();
    ASSERT_TRUE(reply.ok()) << reply.status();
    is_merged_ = !request.undo();
    ++merges_;
    moved_ += reply->records();
    // The second entry has ended, or begun again.
    school_.people.person(again_) =
        *school_.context().directories.Of(school_.tenant())->Person(again_);
    AwaitRecomputed();
    CompareAll(is_merged_ ? "after a merge" : "after its undoing");
  }

  // Somebody moves, a policy changes, somebody is exempted from nothing: everything is made again.
  void ChangeDirectory() {
    SmallSchool& people = school_.people;
    switch (random_() % 3) {
      case 0: {
        v1::Person& tom = people.person(people.tom);
        const bool in_maths = tom.departments(0).org() == people.maths.view();
        tom.mutable_departments(0)->set_org(BytesOf(in_maths ? people.art : people.maths));
        break;
      }
      case 1:
        people.policy().set_walk_rated(!people.policy().walk_rated());
        break;
      default:
        people.policy().set_mentor_counts(!people.policy().mentor_counts());
        break;
    }
    std::promise<void> done;
    school_.committer().Submit(std::make_unique<NewDirectory>(
        school_.tenant(), std::make_shared<const sync::Directory>(people.Made()), done));
    done.get_future().wait();
    AwaitRecomputed();
    CompareAll("after a change of the directory");
  }

  // Every row, made from every record again.
  void CompareAll(const std::string& when) {
    std::map<std::string, Row> all;
    const sync::Directory directory = school_.people.Made();
    const std::set<Id16> records = Records();
    for (const Id16& record : records) {
      std::vector<sync::Contribution> rows = ContributionsOf(record, directory);
      for (const sync::Contribution& row : rows) Add(all[row.key], row.vector, 1);
      of_record_[record] = std::move(rows);
    }
    for (auto row = all.begin(); row != all.end();) {
      row = Trimmed(row->second).empty() ? all.erase(row) : std::next(row);
    }
    expected_ = all;
    for (auto record = of_record_.begin(); record != of_record_.end();) {
      record = records.count(record->first) == 0 ? of_record_.erase(record) : std::next(record);
    }
    const std::string prefix = storage::RollupPrefix(school_.tenant());
    std::map<std::string, Row> stored;
    for (const auto& [key, value] :
         RowsOf(*school_.engine().NewSnapshot(), storage::Family::kDerived, prefix,
                storage::EndOfPrefix(prefix))) {
      stored[key.substr(prefix.size())] = *storage::DecodeVector(value);
    }
    ASSERT_EQ(stored.size(), all.size()) << when;
    for (const auto& [key, row] : all) ASSERT_EQ(stored[key], row) << when << " " << ToHex(key);
    compared_ += all.size();
  }

  size_t compared() const { return compared_; }
  size_t erased() const { return erased_; }
  size_t merges() const { return merges_; }
  size_t moved() const { return moved_; }
  size_t read() const { return read_; }
  CommittedSchool& school() { return school_; }

 private:
  // Often enough for some in a small year, and seldom enough for a large one.
  static uint64_t MergesOneIn() { return std::clamp<uint64_t>(Visits() / 10, 1, 100); }

  // The steps of the recomputation run between jobs.
  void AwaitRecomputed() {
    do {
      std::promise<void> passed;
      school_.committer().Submit(std::make_unique<Mark>(passed));
      passed.get_future().wait();
    } while (school_.Head().recomputing_since_ms() != 0);
  }

  static Row& Trimmed(Row& row) {
    while (!row.empty() && row.back() == 0) row.pop_back();
    return row;
  }
  static void Add(Row& sum, const Row& row, int64_t sign) {
    if (sum.size() < row.size()) sum.resize(row.size());
    for (size_t i = 0; i < row.size(); ++i) sum[i] += sign * row[i];
    Trimmed(sum);
  }

  std::set<Id16> Records() {
    std::set<Id16> records;
    const std::string prefix = storage::FacetPrefix(school_.tenant());
    for (const auto& [key, value] : RowsOf(*school_.engine().NewSnapshot(), storage::Family::kState,
                                           prefix, storage::EndOfPrefix(prefix))) {
      if (const auto parsed = storage::ParseFacetKey(key)) records.insert(parsed->facet.record);
    }
    return records;
  }

  std::vector<sync::Contribution> ContributionsOf(const Id16& record,
                                                  const sync::Directory& directory) {
    std::map<FacetId, core::Facet> facets;
    const std::string prefix = storage::FacetPrefix(school_.tenant(), record);
    for (const auto& [key, value] : RowsOf(*school_.engine().NewSnapshot(), storage::Family::kState,
                                           prefix, storage::EndOfPrefix(prefix))) {
      disk::FacetRow row;
      const auto parsed = storage::ParseFacetKey(key);
      if (!parsed || !row.ParseFromString(value)) ADD_FAILURE() << ToHex(key);
      auto facet = core::Decode(row.facet(), core::kFacetLimits);
      if (facet.ok() && parsed) facets.emplace(parsed->facet, std::move(facet).value());
    }
    sync::RecordView view;
    view.id = record;
    for (const auto& [id, facet] : facets) view.facets.push_back({id, &facet});
    return sync::ContributionOf(view, sync::FactsOf(view, directory), directory);
  }

  // The record's rows before and after are what the test has kept and what the record now says.
  void CompareTouched(const Id16& record) {
    std::vector<sync::Contribution> after = ContributionsOf(record, school_.people.Made());
    std::set<std::string> touched;
    for (const sync::Contribution& row : of_record_[record]) {
      Add(expected_[row.key], row.vector, -1);
      touched.insert(row.key);
    }
    for (const sync::Contribution& row : after) {
      Add(expected_[row.key], row.vector, 1);
      touched.insert(row.key);
    }
    of_record_[record] = std::move(after);
    for (const std::string& key : touched) {
      const auto stored = school_.engine().Get(storage::Family::kDerived,
                                               storage::RollupKey(school_.tenant(), key));
      Row row;
      if (stored.ok()) row = *storage::DecodeVector(*stored);
      ASSERT_EQ(row, expected_[key]) << ToHex(key);
      if (expected_[key].empty()) expected_.erase(key);
    }
    compared_ += touched.size();
  }

  void Push(const Id16& person) {
    v1::PushRequest request = tablets_.at(person).TakeSealed();
    if (request.groups().empty()) return;
    const auto reply = tablets_.at(person).Send(std::move(request));
    ASSERT_TRUE(reply.ok()) << reply.status();
  }

  Values Ratings(size_t most) {
    Values values;
    for (size_t i = 0; i <= random_() % most; ++i) {
      const Id16 key = core::NumberKey(static_cast<uint16_t>(1 + random_() % 9));
      values.emplace_back(Path::Entry(3, key, 0, Kind::kElem), "");
      values.emplace_back(Path::Entry(3, key, 1, Kind::kReg), Number(random_() % 5));
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end(),
                             [](const auto& a, const auto& b) { return a.first == b.first; }),
                 values.end());
    return values;
  }

  Id16 NewVisit() {
    const SmallSchool& people = school_.people;
    struct Sort {
      v1::VisitKind kind;
      Id16 lead;
    };
    const Sort sorts[] = {
        {v1::VISIT_KIND_DEPT, people.hana},  {v1::VISIT_KIND_DEPT, people.hugo},
        {v1::VISIT_KIND_WALK, people.sara},  {v1::VISIT_KIND_WALK, people.hedy},
        {v1::VISIT_KIND_TEAM, people.sara},  {v1::VISIT_KIND_MENTOR, people.tom},
        {v1::VISIT_KIND_COACH, people.ann},  {v1::VISIT_KIND_PEER, people.ann},
        {v1::VISIT_KIND_AST, people.ann},    {v1::VISIT_KIND_INFORMAL, people.tom},
        {v1::VISIT_KIND_CALIB, people.hana}, {v1::VISIT_KIND_SELF, people.tia}};
    const Sort& sort = sorts[random_() % std::size(sorts)];
    const bool is_pair = sort.kind == v1::VISIT_KIND_MENTOR || sort.kind == v1::VISIT_KIND_COACH ||
                         sort.kind == v1::VISIT_KIND_PEER || sort.kind == v1::VISIT_KIND_AST;
    const Id16 teacher = is_pair || sort.kind == v1::VISIT_KIND_SELF ? people.tia
                         : sort.lead == people.hugo                  ? people.ann
                         : random_() % 3 == 0                        ? again_
                         : random_() % 2 == 0                        ? people.tia
                                                                     : people.tom;
    const Id16 visit = school_.NewId();
    std::set<Id16> observers = {sort.lead};
    if (sort.kind == v1::VISIT_KIND_TEAM) observers = {people.sara, people.hana, people.hugo};
    if (sort.kind == v1::VISIT_KIND_CALIB) observers = {people.hana, people.hugo};
    Values plan = {{Path::Field(2, Kind::kReg), Number(sort.kind)},
                   {Path::Field(5, Kind::kReg), BytesOf(sort.lead)},
                   {Path::Field(8, Kind::kReg), Signed(LessonMs())},
                   {Path::Field(9, Kind::kReg), Number(5 + random_() % 50)},
                   {Path::Field(16, Kind::kReg),
                    BytesOf(random_() % 4 == 0 ? people.rubric_b : people.rubric_a)}};
    if (sort.kind != v1::VISIT_KIND_CALIB) {
      plan.emplace_back(Path::Field(3, Kind::kReg), BytesOf(teacher));
      if (random_() % 3 != 0) {
        plan.emplace_back(Path::Field(4, Kind::kReg),
                          BytesOf(sort.lead == people.hugo ? people.art : people.maths));
      }
    }
    for (const Id16& observer : observers) {
      plan.emplace_back(Path::Entry(6, observer, 0, Kind::kElem), "");
    }
    tablets_.at(sort.lead).Write({visit, core::kPlan, {}}, {}, plan);
    lead_of_[visit] = sort.lead;
    observers_of_[visit] = observers;
    for (const Id16& observer : observers) {
      if (random_() % 8 == 0) continue;
      PushingTablet& tablet = tablets_.at(observer);
      tablet.Write({visit, core::kSheet, observer}, {}, Ratings(9));
      v1::Intent submit;
      submit.mutable_submit();
      if (random_() % 4 != 0) tablet.Intend({visit, core::kSheet, observer}, submit);
    }
    // The lead's first: a sheet whose plan is not there yet is filed for its writer alone, which is
    // another road to the same rows.
    if (random_() % 2 == 0) Push(sort.lead);
    for (const Id16& observer : observers) Push(observer);
    if (random_() % 2 == 0) Share(visit);
    return visit;
  }

  // A school day of the year, by chance, in the order of the visits.
  int64_t LessonMs() {
    const auto day = static_cast<int32_t>(280 * visits_.size() / std::max<size_t>(Visits(), 1));
    return At(2026, 9, 3) + int64_t{day} * 24 * 3'600'000 +
           static_cast<int64_t>(random_() % 6) * 3'600'000;
  }

  void Share(const Id16& visit) {
    PushingTablet& tablet = tablets_.at(lead_of_[visit]);
    const Id16 strength = school_.NewId();
    const FacetId feedback{visit, core::kFeedback, {}};
    tablet.Write(feedback, school_.Stored(feedback),
                 {{Path::Entry(1, strength, 0, Kind::kElem), ""},
                  {Path::Entry(1, strength, 1, Kind::kPara), "calm start"}});
    v1::Intent share;
    share.mutable_share()->set_round(++round_of_[visit]);
    tablet.Intend({visit, core::kPlan, {}}, share);
    Push(lead_of_[visit]);
  }

  // The newest version, or another text under its number.
  void Acknowledge(const Id16& visit, const Id16& teacher) {
    const Id16 round = core::NumberKey(static_cast<uint16_t>(round_of_[visit]));
    const FacetId version{visit, core::kVersion, round};
    const bool is_read = random_() % 4 != 0;
    const std::string text = is_read ? core::EncodeContent(school_.Stored(version)) : "other words";
    const FacetId response{visit, core::kResponse, teacher};
    tablets_.at(teacher).Write(response, school_.Stored(response),
                               {{Path::Entry(1, round, 0, Kind::kElem), ""},
                                {Path::Entry(1, round, 1, Kind::kReg),
                                 std::string(core::FacetDigest(version, text).view())}});
    read_ += is_read ? 1 : 0;
    Push(teacher);
  }

  void Gesture(const Id16& visit) {
    const Id16 lead = lead_of_[visit];
    const FacetId plan{visit, core::kPlan, {}};
    v1::Intent intent;
    switch (random_() % 10) {
      case 0:
        return Share(visit);
      case 9:
        return Acknowledge(visit, random_() % 2 == 0 ? again_ : school_.people.tia);
      case 1: {
        const auto& observers = observers_of_[visit];
        const Id16 observer = *std::next(observers.begin(),
                                         static_cast<std::ptrdiff_t>(random_() % observers.size()));
        const FacetId sheet{visit, core::kSheet, observer};
        // Half of them have not seen what is there: two values stand side by side.
        tablets_.at(observer).Write(
            sheet, random_() % 2 == 0 ? core::Facet{} : school_.Stored(sheet), Ratings(4));
        return Push(observer);
      }
      case 2:
        intent.mutable_withdraw()->set_reason("the wrong class");
        break;
      case 3:
        tablets_.at(lead).Write(plan, school_.Stored(plan),
                                {{Path::Field(8, Kind::kReg), Signed(LessonMs())}});
        return Push(lead);
      case 4: {
        const Id16 query = school_.NewId();
        const Id16 asks = random_() % 3 == 0 ? again_ : school_.people.tia;
        const FacetId response{visit, core::kResponse, asks};
        tablets_.at(asks).Write(
            response, school_.Stored(response),
            {{Path::Entry(2, query, 0, Kind::kElem), ""},
             {Path::Entry(2, query, 2, Kind::kReg), Number(1 + random_() % 9)}});
        return Push(asks);
      }
      case 5: {
        const Id16 step = school_.NewId();
        const FacetId steps{visit, core::kSteps, {}};
        tablets_.at(lead).Write(
            steps, school_.Stored(steps),
            {{Path::Entry(1, step, 0, Kind::kElem), ""},
             {Path::Entry(1, step, 3, Kind::kReg),
              Signed(Day(2026, 9, 7) + static_cast<int32_t>(random_() % 280))}});
        return Push(lead);
      }
      case 6:
        // A record that was filed under the wrong person is put right.
        intent.mutable_correct_plan()->set_field(v1::Plan::kTeacherFieldNumber);
        intent.mutable_correct_plan()->set_value(
            BytesOf(random_() % 2 == 0 ? school_.people.tom : school_.people.tia));
        intent.mutable_correct_plan()->set_reason("two entries of one person");
        break;
      case 7:
        intent.mutable_close()->set_round(round_of_[visit]);
        break;
      default:
        intent.mutable_erase_peer();
        tablets_.at(school_.people.tia).Intend(plan, intent);
        Push(school_.people.tia);
        erased_ += Records().count(visit) == 0 ? 1 : 0;
        return;
    }
    tablets_.at(lead).Intend(plan, intent);
    Push(lead);
  }

  std::mt19937_64 random_;
  CommittedSchool school_;
  std::map<Id16, PushingTablet> tablets_;
  std::vector<Id16> visits_;
  std::map<Id16, Id16> lead_of_;
  std::map<Id16, std::set<Id16>> observers_of_;
  std::map<Id16, uint32_t> round_of_;
  std::map<std::string, Row> expected_;  // By kind1 | key.
  std::map<Id16, std::vector<sync::Contribution>> of_record_;
  const Id16 again_ = IdNumber(18);  // Tia, a second time.
  bool is_merged_ = false;
  size_t compared_ = 0, erased_ = 0, merges_ = 0, moved_ = 0, read_ = 0;
};

TEST(SchoolYearTest, RollUpsAreWhatTheRecordsSayThroughARandomYear) {
  SchoolYear year(TestSeed());
  const size_t visits = Visits();
  const size_t half_term = std::max<size_t>(visits / 6, 1);
  for (size_t visit = 1; visit <= visits; ++visit) {
    year.Step();
    if (::testing::Test::HasFatalFailure()) return;
    if (visit % 500 == 0) year.CompareAll("after 500 more visits");
    if (visit % half_term == 0) {
      year.ChangeDirectory();
      year.CompareAll("at the end of a half-term");
    }
    if (::testing::Test::HasFatalFailure()) return;
  }
  std::printf(
      "%zu visits, %zu rows compared, %zu erased, %zu merges or undoings of %zu records, %zu "
      "acknowledgements\n",
      visits, year.compared(), year.erased(), year.merges(), year.moved(), year.read());
  EXPECT_GT(year.merges(), 0u);
  EXPECT_GT(year.moved(), 0u);
}

}  // namespace
}  // namespace halfterm::testing
