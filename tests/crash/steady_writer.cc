#include "tests/crash/steady_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/codec.h"
#include "sync/core/limits.h"
#include "sync/core/sha256.h"

namespace halfterm::testing {
namespace {

using core::Kind;
using core::Path;

constexpr uint16_t kElements = 9;
constexpr uint32_t kLevels = 4;
constexpr uint32_t kPeriodOfTheLessons = SmallSchool::kAutumn1;  // Of PlanValues.

WireTablet::Values ParagraphValues(uint16_t field, uint16_t part, const core::Id16& key,
                                   std::string words) {
  return {{Path::Entry(field, key, 0, Kind::kElem), ""},
          {Path::Entry(field, key, part, Kind::kPara), std::move(words)}};
}

}  // namespace

SteadyWriter::SteadyWriter(TabletServer& server, const std::string& tenant, const Post& post,
                           uint8_t number, uint64_t seed)
    : post_(post),
      name_("writer " + std::to_string(number)),
      random_(seed),
      tablet_(server, tenant, post.observer, number),
      chain_(1) {}

bool DoesNotAnswer(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::CANCELLED;
}

void SteadyWriter::Greet() { ASSERT_TRUE(IsGreeted()) << name_ << ": the server does not answer"; }

bool SteadyWriter::IsGreeted() {
  tablet_.Reconnect();
  v1::HelloReply reply;
  const grpc::Status greeted = tablet_.Hello(&reply);
  if (DoesNotAnswer(greeted)) return false;
  EXPECT_TRUE(greeted.ok()) << name_ << ": " << greeted.error_message();
  if (greeted.ok()) Compare(reply);
  return true;
}

void SteadyWriter::Compare(const v1::HelloReply& reply) {
  ASSERT_EQ(reply.stores_size(), 1) << name_;
  const v1::StoreReply& store = reply.stores(0);
  applied_n_ = store.applied_n();
  if (applied_n_ < acked_n()) {
    broken_.lost += acked_n() - applied_n_;
    ADD_FAILURE() << name_ << ": groups " << applied_n_ + 1 << " to " << acked_n()
                  << " were answered and are gone";
    return;
  }
  ASSERT_TRUE(applied_n_ == acked_n() || applied_n_ == last_n())
      << name_ << ": of the groups after " << acked_n() << " to " << last_n()
      << ", one push, those to " << applied_n_ << " are there";
  if (applied_n_ > 0) {
    EXPECT_EQ(store.applied_hash(), chain_[applied_n_].view()) << name_;
  }
  EXPECT_EQ(store.action(), v1::STORE_ACTION_OK) << name_;
  unanswered_but_kept_ += applied_n_ - acked_n();
}

grpc::Status SteadyWriter::Push(size_t groups) {
  if (!waits()) {
    for (size_t i = 0; i < groups; ++i) WriteGroup();
    const v1::PushRequest written = tablet_.Request();
    for (const std::string& group : written.groups()) {
      groups_.push_back(group);
      chain_.push_back(core::ChainHash(chain_.back(), groups_.size(), core::Sha256(group)));
    }
  }
  const v1::PushRequest request = tablet_.Request();
  v1::PushReply reply;
  grpc::Status status = tablet_.Push(&reply);
  if (status.ok()) {
    Take(request, reply);
  } else {
    sent_n_ = last_n();
  }
  return status;
}

// A decision is in the ledger before its group is in the store. Where the server died in between,
// the start carried it out, and the group that asks for it comes again (decisions/0070).
v1::Outcome SteadyWriter::OutcomeOf(uint64_t n, v1::Outcome said) const {
  if (shares_.count(n) == 0) return v1::OUTCOME_UNSPECIFIED;
  return said == v1::OUTCOME_ALREADY && n <= sent_n_ ? v1::OUTCOME_ALREADY : v1::OUTCOME_DONE;
}

void SteadyWriter::Take(const v1::PushRequest& request, const v1::PushReply& reply) {
  ASSERT_EQ(reply.applied_n(), last_n()) << name_;
  EXPECT_EQ(reply.applied_hash(), chain_.back().view()) << name_;
  ASSERT_EQ(reply.results_size(), request.groups_size()) << name_;
  for (const v1::PushResult& result : reply.results()) {
    const uint64_t n = acked_n() + 1;
    EXPECT_EQ(result.n(), n) << name_;
    EXPECT_EQ(result.disposition(),
              strays_.count(n) != 0 ? v1::DISPOSITION_QUARANTINED : v1::DISPOSITION_COMMITTED)
        << name_ << ": " << result.detail();
    EXPECT_EQ(result.outcome(), OutcomeOf(n, result.outcome())) << name_ << ": " << result.detail();
    EXPECT_EQ(result.receipt().size(), 16u) << name_;
    acked_.push_back(result);
  }
  last_push_ = request;
}

void SteadyWriter::Compare(const v1::PushRequest& request, const v1::PushReply& reply) {
  ASSERT_EQ(reply.results_size(), request.groups_size()) << name_;
  ASSERT_LE(reply.applied_n(), last_n()) << name_;
  EXPECT_EQ(reply.applied_hash(), chain_[reply.applied_n()].view()) << name_;
  for (int i = 0; i < reply.results_size(); ++i) {
    const uint64_t n = request.first_n() + static_cast<uint64_t>(i);
    const v1::PushResult &now = reply.results(i), &first = acked_[n - 1];
    if (now.SerializeAsString() == first.SerializeAsString()) continue;
    ++broken_.doubled;
    ADD_FAILURE() << name_ << ": group " << n << " is answered with " << now.ShortDebugString()
                  << ", and was with " << first.ShortDebugString();
  }
}

grpc::Status SteadyWriter::RepeatLast() {
  if (!last_push_) return grpc::Status::OK;
  v1::PushReply reply;
  grpc::Status status = tablet_.Send(*last_push_, &reply);
  if (status.ok()) Compare(*last_push_, reply);
  return status;
}

grpc::Status SteadyWriter::RepeatAll() {
  for (uint64_t first_n = 1; first_n <= acked_n();) {
    uint64_t last_n = first_n;
    size_t bytes = groups_[first_n - 1].size();
    while (last_n < acked_n() && last_n - first_n + 1 < core::kMaxPushGroups &&
           bytes + groups_[last_n].size() < core::kMaxPushBytes) {
      bytes += groups_[last_n++].size();
    }
    const v1::PushRequest request = RequestOf(first_n, last_n);
    v1::PushReply reply;
    grpc::Status status = tablet_.Send(request, &reply);
    if (!status.ok()) return status;
    Compare(request, reply);
    first_n = last_n + 1;
  }
  return grpc::Status::OK;
}

v1::PushRequest SteadyWriter::RequestOf(uint64_t first_n, uint64_t last_n) const {
  v1::PushRequest request;
  request.set_replica(tablet_.replica());
  request.set_epoch(tablet_.epoch());
  request.set_first_n(first_n);
  if (first_n > 1) request.set_hash_before(std::string(chain_[first_n - 1].view()));
  for (uint64_t n = first_n; n <= last_n; ++n) request.add_groups(groups_[n - 1]);
  return request;
}

uint64_t SteadyWriter::FindEverything() {
  v1::PullRequest request;
  request.mutable_interest()->add_periods(kPeriodOfTheLessons);
  grpc::ClientContext context;
  tablet_.Prepare(context);
  const auto reader = tablet_.sync().Pull(&context, request);
  v1::PullReply chunk;
  while (reader->Read(&chunk)) EXPECT_EQ(tablet_.held.Apply(chunk), "") << name_;
  const grpc::Status pulled = reader->Finish();
  EXPECT_TRUE(pulled.ok()) << name_ << ": " << pulled.error_message();

  uint64_t found = 0, missing = 0;
  for (const auto& [facet, values] : wrote_) {
    const auto held = core::Decode(tablet_.Held(facet), core::kFacetLimits);
    for (const auto& [path, wrote] : values) {
      const core::Cell* cell = held.ok() ? held->Find(path) : nullptr;
      const bool is_there =
          cell != nullptr && cell->siblings.size() == 1 && cell->siblings[0].dot == wrote.dot &&
          cell->siblings[0].author == post_.observer && cell->siblings[0].value == wrote.value;
      ++(is_there ? found : missing);
      if (!is_there && missing == 1) {
        ADD_FAILURE() << name_ << ": what group " << wrote.dot.count << " wrote is not there";
      }
    }
  }
  EXPECT_EQ(missing, 0u) << name_;
  broken_.lost += missing;
  return found;
}

std::vector<uint64_t> SteadyWriter::Seqs() const {
  std::vector<uint64_t> seqs;
  for (const v1::PushResult& result : acked_) seqs.push_back(result.seq());
  return seqs;
}

core::Id16 SteadyWriter::NewId() {
  core::Id16 id;
  for (uint8_t& byte : id.bytes) byte = static_cast<uint8_t>(random_());
  return id;
}

std::string SteadyWriter::Words() {
  std::string words = "Pupils could say";
  for (size_t more = random_() % 30; more > 0; --more) {
    words += " why " + std::to_string(random_() % 1000);
  }
  return words;
}

core::FacetId SteadyWriter::SheetOf(const Visit& visit) const {
  return {visit.id, core::kSheet, post_.observer};
}

// The parts of a visit one after the other; then another visit, an edit, or a group that the server
// has to keep aside.
void SteadyWriter::WriteGroup() {
  const auto dice = random_() % 100;
  if (!visits_.empty() && parts_of_last_ < 4) {
    WriteNextOf(visits_.back());
  } else if (visits_.empty() || dice < 40) {
    visits_.push_back({NewId(), NewId(), 0});
    parts_of_last_ = 0;
    WriteNextOf(visits_.back());
  } else {
    Visit& visit = visits_[visits_.size() - 1 - random_() % std::min<size_t>(visits_.size(), 30)];
    dice < 98 ? Edit(visit) : WriteStray(visit);
  }
}

void SteadyWriter::WriteNextOf(Visit& visit) {
  switch (parts_of_last_++) {
    case 0: {
      WireTablet::Values plan = PlanValues(SmallSchool(), post_.observer, post_.teacher);
      const Path department = Path::Field(v1::Plan::kDepartmentAtLessonFieldNumber, Kind::kReg);
      for (auto& [path, value] : plan) {
        if (path == department) value = BytesOf(post_.department);
      }
      return Write({visit.id, core::kPlan, {}}, plan);
    }
    case 1: {
      WireTablet::Values sheet;
      for (uint16_t element = 1; element <= kElements; ++element) {
        if (random_() % 3 == 0) continue;
        for (auto& value : RatingValues(element, 1 + random_() % kLevels)) {
          sheet.push_back(std::move(value));
        }
      }
      if (sheet.empty()) sheet = RatingValues(1, 1);
      return Write(SheetOf(visit), sheet);
    }
    case 2:
      return Write({visit.id, core::kFeedback, {}},
                   ParagraphValues(v1::Feedback::kStrengthsFieldNumber,
                                   v1::Paragraph::kTextFieldNumber, visit.strength, Words()));
    default:
      return Share(visit);
  }
}

void SteadyWriter::Edit(Visit& visit) {
  switch (random_() % 4) {
    case 0:
      return Write(SheetOf(visit), RatingValues(static_cast<uint16_t>(1 + random_() % kElements),
                                                1 + random_() % kLevels));
    case 1:
      return Write({visit.id, core::kFeedback, {}},
                   ParagraphValues(v1::Feedback::kStrengthsFieldNumber,
                                   v1::Paragraph::kTextFieldNumber, visit.strength, Words()));
    case 2:
      return Write(SheetOf(visit), ParagraphValues(v1::Sheet::kNotesFieldNumber,
                                                   v1::Note::kTextFieldNumber, NewId(), Words()));
    default:
      return Share(visit);
  }
}

void SteadyWriter::Write(const core::FacetId& facet, const WireTablet::Values& values) {
  for (const auto& [path, value] : values) wrote_[facet][path] = {tablet_.next_dot(), value};
  tablet_.Write(facet, values);
}

void SteadyWriter::Share(Visit& visit) {
  v1::Intent intent;
  intent.mutable_share()->set_round(++visit.rounds);
  shares_.insert(tablet_.last_n() + 1);
  tablet_.Intend({visit.id, core::kPlan, {}}, intent);
}

void SteadyWriter::WriteStray(const Visit& visit) {
  const core::FacetId not_mine{visit.id, core::kSheet, post_.teacher};
  const core::Facet delta = tablet_.DeltaOf(not_mine, RatingValues(1, 1));
  strays_.insert(tablet_.last_n() + 1);
  tablet_.Keep(tablet_.Sealed(tablet_.Header(not_mine), core::Encode(delta)));
}

}  // namespace halfterm::testing
