#include "storage/commit/intents.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "halfterm/v1/observation.pb.h"
#include "storage/commit/certified.h"
#include "storage/commit/erasure.h"
#include "storage/commit/joined_pages.h"
#include "storage/commit/read_ends.h"
#include "storage/commit/referral_course.h"
#include "storage/commit/release.h"
#include "storage/commit/shared_version.h"
#include "sync/check.h"
#include "sync/core/delta.h"
#include "sync/core/limits.h"
#include "sync/facts.h"
#include "sync/joined_page.h"
#include "sync/judge.h"
#include "sync/late.h"
#include "sync/levels.h"
#include "sync/schema.h"
#include "sync/school_calendar.h"
#include "sync/value.h"

namespace halfterm::storage {
namespace {

using core::Facet;
using core::FacetId;
using core::Id16;
using core::Kind;
using core::Path;
using core::VisitKind;

constexpr uint16_t kPlanPhase = v1::Plan::kPhaseFieldNumber;
constexpr uint16_t kSheetPhase = v1::Sheet::kPhaseFieldNumber;

Facet PhaseDelta(uint16_t field, const core::Phase& phase) {
  core::Cell cell;
  cell.path = Path::Field(field, Kind::kPhase);
  cell.phase = phase;
  Facet delta;
  delta.cells.push_back(std::move(cell));
  return delta;
}

IntentResult NotAllowed(const char* who) { return Refused(v1::OUTCOME_NOT_ALLOWED, who); }

// The intent of one group, while it is carried out.
class Intents {
 public:
  Intents(Batch& batch, RecordState& record, const core::Group& group, const Id16& author,
          uint64_t seq, disk::LogRow& log)
      : batch_(batch), record_(record), group_(group), author_(author), seq_(seq), log_(log) {}

  absl::StatusOr<IntentResult> Run(const v1::Intent& intent) {
    // What was kept aside may be of a record without a plan.
    if (intent.has_release()) return DoRelease(intent.release());
    const bool on_sheet = intent.has_submit();
    const bool of_own_sheet = on_sheet || intent.has_move_sheet();
    const uint8_t wanted = of_own_sheet ? core::kSheet : core::kPlan;
    if (group_.facet.facet_class != wanted) {
      return NotAllowed(of_own_sheet ? "it belongs on the sheet" : "it belongs on the plan");
    }
    const sync::Directory& directory = batch_.DirectoryOf(record_.tenant);
    // A visit that the author cannot see is answered as one that is not there; a code is shown to
    // people who cannot see the visit yet.
    if (!on_sheet &&
        (!facts().has_plan ||
         (!intent.has_join() && !sync::MayReadPlan(author_, record_.id, facts(), directory)))) {
      return Refused(v1::OUTCOME_MISSING, "there is no plan of this visit");
    }
    if (!intent.has_join() && !sync::MayAsk(intent.what_case(), author_, group_.facet, facts(),
                                            sync::LessonStartMs(record_.View()), directory)) {
      return NotAllowed(WhoMay(intent.what_case()));
    }
    switch (intent.what_case()) {
      case v1::Intent::kSubmit:
        return DoSubmit();
      case v1::Intent::kExcuse:
        return DoExcuse(intent.excuse());
      case v1::Intent::kShare:
        return DoShare(intent.share());
      case v1::Intent::kClose:
        return DoClose(intent.close());
      case v1::Intent::kWithdraw:
        return DoWithdraw(intent.withdraw());
      case v1::Intent::kCorrectPlan:
        return DoCorrect(intent.correct_plan());
      case v1::Intent::kJoin:
        return DoJoin(intent.join());
      case v1::Intent::kGrantRead:
        return DoGrantRead(intent.grant_read());
      case v1::Intent::kEndRead:
        return DoEndRead(intent.end_read());
      case v1::Intent::kErasePeer:
        return DoErasePeer();
      case v1::Intent::kMoveSheet:
        if (group_.facet.sub != author_) return NotAllowed(WhoMay(intent.what_case()));
        return MoveSheet(batch_, record_, author_, intent.move_sheet(), seq_, log_);
      case v1::Intent::kRelease:
      case v1::Intent::WHAT_NOT_SET:
        break;
    }
    return NotAllowed("an intent that this server does not know");
  }

 private:
  const core::VisitFacts& facts() { return batch_.FactsOf(record_); }
  static const char* WhoMay(v1::Intent::WhatCase what) {
    switch (what) {
      case v1::Intent::kSubmit:
        return "only the sheet's own observer";
      case v1::Intent::kClose:
        return "only the visit's lead and whoever leads the teacher";
      case v1::Intent::kGrantRead:
      case v1::Intent::kEndRead:
        return "only the observed teacher";
      case v1::Intent::kErasePeer:
        return "only the observed teacher of a peer visit";
      default:
        return "only the visit's lead";
    }
  }

  bool IsOver() { return facts().phase.withdrawn || facts().phase.level >= core::kClosed; }
  FacetId PlanId() const { return {record_.id, core::kPlan, {}}; }

  const Facet& PlanNow() {
    static const Facet kNone;
    const FacetState* plan = record_.Find(PlanId());
    return plan == nullptr ? kNone : plan->facet;
  }

  absl::Status WriteCell(const FacetId& facet, core::Cell cell) {
    const absl::StatusOr<uint64_t> stamp = batch_.ServerStamp(record_.tenant);
    if (!stamp.ok()) return stamp.status();
    for (core::Sibling& sibling : cell.siblings) sibling.stamp = *stamp;
    Facet delta;
    delta.cells.push_back(std::move(cell));
    return batch_.ServerWrite(record_, facet, std::move(delta), seq_, log_);
  }

  // Sets a cell of the plan over everything that it holds.
  absl::Status SetOnPlan(const Path& path, std::string value) {
    const absl::StatusOr<core::Dot> dot = batch_.ServerDot(record_.tenant);
    if (!dot.ok()) return dot.status();
    return WriteCell(PlanId(), core::Written(PlanNow(), path, *dot, author_, std::move(value)));
  }

  absl::Status RaisePlan(const core::Phase& phase) {
    if (!(facts().phase < phase)) return absl::OkStatus();
    return RaiseVisit(batch_, record_, phase, seq_, log_);
  }

  absl::Status SubmitSheet(const FacetId& sheet) {
    Facet delta = PhaseDelta(kSheetPhase, {false, 0, core::kSubmitted});
    if (absl::Status added = AddCertificate(sheet, delta); !added.ok()) return added;
    return batch_.ServerWrite(record_, sheet, std::move(delta), seq_, log_);
  }

  absl::Status AddCertificate(const FacetId& sheet, Facet& delta) {
    const Id16 rubric =
        sync::ShownId(PlanNow(), Path::Field(v1::Plan::kRubricVersionFieldNumber, Kind::kReg));
    const auto held = CertificateAt(batch_, record_.tenant, sheet.sub, rubric,
                                    sync::LessonStartMs(record_.View()), facts().school);
    if (!held.ok()) return held.status();
    if (held->IsZero()) return absl::OkStatus();
    const absl::StatusOr<core::Dot> dot = batch_.ServerDot(record_.tenant);
    if (!dot.ok()) return dot.status();
    const absl::StatusOr<uint64_t> stamp = batch_.ServerStamp(record_.tenant);
    if (!stamp.ok()) return stamp.status();
    const Path path = Path::Field(v1::Sheet::kCertificateFieldNumber, Kind::kReg);
    core::Cell cell =
        core::Written(record_.Find(sheet)->facet, path, *dot, author_, std::string(held->view()));
    for (core::Sibling& sibling : cell.siblings) sibling.stamp = *stamp;
    core::Put(delta, std::move(cell));
    return absl::OkStatus();
  }

  // When the last observer is in, the sheets open to each other and to the teacher's leaders.
  absl::Status RevealIfAllIn() {
    if (!facts().has_plan || !facts().revealed) return absl::OkStatus();
    core::Phase phase = facts().phase;
    if (phase.level >= core::kSubmitted) return absl::OkStatus();
    phase.level = core::kSubmitted;
    return RaisePlan(phase);
  }

  absl::StatusOr<IntentResult> Done(const absl::Status& written) {
    if (!written.ok()) return written;
    return IntentResult{};
  }

  absl::StatusOr<IntentResult> DoSubmit() {
    const FacetId& sheet = group_.facet;
    const FacetState* state = record_.Find(sheet);
    if (state == nullptr) return Refused(v1::OUTCOME_MISSING, "nothing is written on the sheet");
    if (sync::PhaseOf(&state->facet, kSheetPhase).level >= core::kSubmitted) {
      return Refused(v1::OUTCOME_ALREADY, "");
    }
    if (facts().has_plan && IsOver()) return Refused(v1::OUTCOME_CLOSED, "the visit is closed");
    const absl::Status submitted = SubmitSheet(sheet);
    if (!submitted.ok()) return submitted;
    return Done(RevealIfAllIn());
  }

  absl::StatusOr<IntentResult> DoExcuse(const v1::Excuse& excuse) {
    if (IsOver()) return Refused(v1::OUTCOME_CLOSED, "the visit is closed");
    const auto observer = Id16::FromBytes(excuse.observer());
    const std::vector<Id16>& observers = facts().observers;
    if (!observer || std::find(observers.begin(), observers.end(), *observer) == observers.end()) {
      return Refused(v1::OUTCOME_MISSING, "no such observer of this visit");
    }
    const std::vector<Id16> missing = sync::ObserversMissing(record_.View());
    if (std::find(missing.begin(), missing.end(), *observer) == missing.end()) {
      return Refused(v1::OUTCOME_ALREADY, "");
    }
    const absl::Status written =
        SetOnPlan(Path::Entry(v1::Plan::kObserversFieldNumber, *observer,
                              v1::Observer::kExcusedFieldNumber, Kind::kReg),
                  sync::EncodeUnsigned(1));
    if (!written.ok()) return written;
    return Done(RevealIfAllIn());
  }

  // The words of what is missing before the visit can be shared; nothing when it can.
  std::string MissingForShare() {
    switch (facts().kind) {
      case VisitKind::kWalk:
      case VisitKind::kInformal:
      case VisitKind::kCalib:
      case VisitKind::kSelf:
        return "";
      default:
        break;
    }
    const FacetState* feedback = record_.Find({record_.id, core::kFeedback, {}});
    const bool praised =
        feedback != nullptr &&
        !sync::PresentEntries(feedback->facet, v1::Feedback::kStrengthsFieldNumber).empty();
    return praised ? "" : "what went well";
  }

  bool SawOther(const v1::Share& share) {
    for (const v1::SeenFacet& seen : share.seen()) {
      const auto id = FacetId::Parse(seen.facet());
      const FacetState* state = id ? record_.Find(*id) : nullptr;
      if (state == nullptr || batch_.ContentDigest(*state).view() != seen.digest()) return true;
    }
    return false;
  }

  absl::StatusOr<IntentResult> DoShare(const v1::Share& share) {
    const core::Phase before = facts().phase;
    if (share.round() <= before.round && !before.withdrawn) {
      return Refused(v1::OUTCOME_ALREADY, "");
    }
    if (IsOver()) return Refused(v1::OUTCOME_CLOSED, "the visit is closed or withdrawn");
    if (share.round() != before.round + 1u) {
      return Refused(v1::OUTCOME_STALE, absl::StrCat("the last version is ", before.round));
    }
    const FacetId own{record_.id, core::kSheet, author_};
    const std::vector<Id16> missing = sync::ObserversMissing(record_.View());
    const bool only_own = missing.size() == 1 && missing.front() == author_ &&
                          facts().observers.size() == 1 && record_.Find(own) != nullptr;
    if (!missing.empty() && !only_own) {
      return Refused(v1::OUTCOME_NOT_ALL_SUBMITTED,
                     absl::StrCat(missing.size(), " of the visit's sheets are not in"));
    }
    const std::string absent = MissingForShare();
    if (!absent.empty()) return Refused(v1::OUTCOME_MISSING, absent);
    if (SawOther(share)) {
      return Refused(v1::OUTCOME_STALE, "the visit has changed since it was on the screen");
    }
    if (only_own) {
      const absl::Status submitted = SubmitSheet(own);
      if (!submitted.ok()) return submitted;
    }
    const absl::Status written = WriteVersion(static_cast<uint16_t>(share.round()));
    if (!written.ok()) return written;
    return Done(RaisePlan({false, static_cast<uint16_t>(share.round()), core::kShared}));
  }

  absl::Status WriteVersion(uint16_t round) {
    const sync::Directory& directory = batch_.DirectoryOf(record_.tenant);
    const int32_t today = sync::DayOf(batch_.now_ms(), directory.ZoneOf(facts().school));
    const v1::SharedVersion version =
        SharedVersionOf(record_.View(), facts(), {round, author_, today});
    const absl::StatusOr<core::Dot> dot = batch_.ServerDot(record_.tenant);
    if (!dot.ok()) return dot.status();
    const Path path = Path::Field(v1::Version::kSharedFieldNumber, Kind::kBlob);
    return WriteCell(VersionFacet(record_.id, round),
                     core::Written({}, path, *dot, author_, version.SerializeAsString()));
  }

  absl::StatusOr<IntentResult> DoClose(const v1::Close& close) {
    core::Phase phase = facts().phase;
    if (phase.withdrawn) return Refused(v1::OUTCOME_CLOSED, "the visit is withdrawn");
    if (phase.level >= core::kClosed) return Refused(v1::OUTCOME_ALREADY, "");
    if (phase.level < core::kShared) return Refused(v1::OUTCOME_MISSING, "a shared version");
    if (close.round() != phase.round) {
      return Refused(v1::OUTCOME_STALE, absl::StrCat("the last version is ", phase.round));
    }
    const sync::OpenQueries open = sync::OpenQueriesOf(record_.View(), facts().teacher);
    if (open.all || !open.elements.empty()) {
      return Refused(v1::OUTCOME_OPEN_QUERY, "a query is open");
    }
    phase.level = core::kClosed;
    return Done(RaisePlan(phase));
  }

  absl::StatusOr<IntentResult> DoWithdraw(const v1::Withdraw& withdraw) {
    if (facts().phase.withdrawn) return Refused(v1::OUTCOME_ALREADY, "");
    if (withdraw.reason().empty()) return Refused(v1::OUTCOME_MISSING, "a reason");
    if (withdraw.reason().size() > 500 || !sync::IsUtf8(withdraw.reason())) {
      return Refused(v1::OUTCOME_MISSING, "a reason of at most 500 bytes");
    }
    const absl::Status written = SetOnPlan(
        Path::Field(v1::Plan::kWithdrawnReasonFieldNumber, Kind::kReg), withdraw.reason());
    if (!written.ok()) return written;
    core::Phase phase = facts().phase;
    phase.withdrawn = true;
    return Done(RaisePlan(phase));
  }

  absl::StatusOr<IntentResult> DoCorrect(const v1::CorrectPlan& correct) {
    if (IsOver()) return Refused(v1::OUTCOME_CLOSED, "the visit is closed");
    // Who keeps the visit in the lead's place names another lead, and no more.
    if (author_ != facts().lead && correct.field() != v1::Plan::kLeadFieldNumber) {
      return NotAllowed("only the visit's lead");
    }
    const Path path = Path::Field(static_cast<uint16_t>(correct.field()), Kind::kReg);
    const sync::FieldSchema* field =
        correct.field() > 0xFFFF ? nullptr : sync::Schema::OfThisBuild().Find(core::kPlan, path);
    if (field == nullptr || !field->once || field->is_list()) {
      return Refused(v1::OUTCOME_MISSING, "a field that is set once");
    }
    const char* problem = "";
    if (correct.value().empty() ||
        sync::CheckValue(*field, correct.value(), &problem) != sync::DeltaFault::kNone) {
      return Refused(v1::OUTCOME_MISSING, absl::StrCat("a value of that field: ", problem));
    }
    if (!MayStillLead(correct)) return NotAllowed("no role that allows the visit as corrected");
    const absl::Status written = SetOnPlan(path, correct.value());
    if (!written.ok()) return written;
    return Done(RevealIfAllIn());
  }

  // A correction must not make a visit that its lead could not have created, and what was written
  // for a pair must not become what leaders read.
  bool MayStillLead(const v1::CorrectPlan& correct) {
    VisitKind kind = facts().kind;
    Id16 teacher = facts().teacher, department = facts().department, lead = facts().lead,
         review = facts().review;
    switch (correct.field()) {
      case v1::Plan::kKindFieldNumber:
        if (facts().phase.level > core::kPlanned) return false;
        kind = static_cast<VisitKind>(sync::DecodeUnsigned(correct.value()).value_or(0));
        break;
      case v1::Plan::kTeacherFieldNumber:
        if (facts().phase.level >= core::kShared) return false;
        teacher = Id16::FromBytes(correct.value()).value_or(Id16{});
        break;
      case v1::Plan::kDepartmentAtLessonFieldNumber:
        department = Id16::FromBytes(correct.value()).value_or(Id16{});
        break;
      case v1::Plan::kLeadFieldNumber:
        lead = Id16::FromBytes(correct.value()).value_or(Id16{});
        break;
      case v1::Plan::kReviewFieldNumber:
        review = Id16::FromBytes(correct.value()).value_or(Id16{});
        break;
      default:
        return true;
    }
    const sync::Directory& directory = batch_.DirectoryOf(record_.tenant);
    const auto may = [&](const Id16& person) {
      return sync::RightToCreate(person, kind, teacher, department, batch_.now_ms(), directory,
                                 review) == sync::Right::kNow;
    };
    return may(author_) && may(lead) && sync::MayObserveTogether(kind, teacher, facts().observers);
  }

  absl::StatusOr<IntentResult> DoJoin(const v1::Join& join) {
    const core::Cell* code =
        PlanNow().Find(Path::Field(v1::Plan::kJoinCodeFieldNumber, Kind::kReg));
    const core::Sibling* shown = code == nullptr ? nullptr : core::ShownFirst(*code);
    // A wrong code and a colleague who may not observe here hear the same.
    const char* const no = "the code and the colleague do not go together";
    if (shown == nullptr || shown->value.empty() || shown->value != join.code()) {
      return NotAllowed(no);
    }
    const std::vector<Id16>& observers = facts().observers;
    if (std::find(observers.begin(), observers.end(), author_) != observers.end()) {
      return Refused(v1::OUTCOME_ALREADY, "");
    }
    if (!sync::MayAsk(v1::Intent::kJoin, author_, PlanId(), facts(),
                      sync::LessonStartMs(record_.View()), batch_.DirectoryOf(record_.tenant))) {
      return NotAllowed(no);
    }
    if (facts().phase.withdrawn || facts().phase.level >= core::kSubmitted) {
      return Refused(v1::OUTCOME_CLOSED, "every sheet was in already");
    }
    if (observers.size() >= core::kMaxObservers) {
      return NotAllowed("the visit has 8 observers");
    }
    // Where a plan names nobody, its lead observes, and goes on to.
    std::vector<Id16> named = {author_};
    if (observers.size() == 1) named.push_back(observers.front());
    for (const Id16& observer : named) {
      const absl::Status added =
          SetOnPlan(Path::Entry(v1::Plan::kObserversFieldNumber, observer, 0, Kind::kElem), "");
      if (!added.ok()) return added;
    }
    return IntentResult{};
  }

  absl::StatusOr<IntentResult> DoGrantRead(const v1::GrantRead& grant) {
    const auto person = Id16::FromBytes(grant.person());
    if (!person || batch_.DirectoryOf(record_.tenant).Person(*person) == nullptr) {
      return Refused(v1::OUTCOME_MISSING, "no such colleague");
    }
    const int32_t until_day = grant.until_day();
    if (until_day != 0 &&
        (until_day < sync::DayOf(batch_.now_ms(), Zone()) || until_day > sync::kLastDay)) {
      return Refused(v1::OUTCOME_MISSING, "a last day that is still to come");
    }
    const Path entry = Path::Entry(v1::Plan::kReadGrantsFieldNumber, *person, 0, Kind::kElem);
    const core::Cell* held = PlanNow().Find(entry);
    const bool is_held = held != nullptr && !held->siblings.empty();
    if (is_held && UntilDayOf(PlanNow(), *person) == until_day) {
      return Refused(v1::OUTCOME_ALREADY, "");
    }
    absl::Status written = SetOnPlan(entry, "");
    if (!written.ok()) return written;
    written = SetOnPlan(UntilDayPath(*person), until_day == 0 ? "" : sync::EncodeSigned(until_day));
    if (!written.ok()) return written;
    if (until_day != 0) {
      batch_.Put(Family::kDerived, ReadEndKey(record_.tenant, until_day, record_.id, *person), "");
    }
    return Done(absl::OkStatus());
  }

  absl::TimeZone Zone() { return batch_.DirectoryOf(record_.tenant).ZoneOf(facts().school); }

  absl::StatusOr<IntentResult> DoEndRead(const v1::EndRead& end) {
    const auto person = Id16::FromBytes(end.person());
    const Path entry =
        Path::Entry(v1::Plan::kReadGrantsFieldNumber, person.value_or(Id16{}), 0, Kind::kElem);
    const core::Cell* held = PlanNow().Find(entry);
    if (held == nullptr || held->siblings.empty()) return Refused(v1::OUTCOME_ALREADY, "");
    const absl::StatusOr<core::Dot> dot = batch_.ServerDot(record_.tenant);
    if (!dot.ok()) return dot.status();
    return Done(WriteCell(PlanId(), core::Removed(PlanNow(), entry, *dot)));
  }

  // Who may is told from what was kept, because there may be no plan before it is taken in.
  absl::StatusOr<IntentResult> DoRelease(const v1::Release& release) {
    const absl::StatusOr<KeptGroup> kept = FindKept(batch_, record_, release.seq(), author_);
    if (!kept.ok()) {
      if (!absl::IsNotFound(kept.status())) return kept.status();
      return Refused(v1::OUTCOME_MISSING, std::string(kept.status().message()));
    }
    if (kept->released) return Refused(v1::OUTCOME_ALREADY, "");
    if (facts().phase.withdrawn && sync::JoinedInto(record_.View()).IsZero()) {
      return Refused(v1::OUTCOME_CLOSED, "the visit is withdrawn");
    }
    const absl::StatusOr<std::string> problem = TakeIn(batch_, record_, *kept, seq_, log_);
    if (!problem.ok()) return problem.status();
    if (!problem->empty()) return Refused(v1::OUTCOME_MISSING, *problem);
    return IntentResult{};
  }

  absl::StatusOr<IntentResult> DoErasePeer() {
    if (facts().phase.level >= core::kClosed) {
      return Refused(v1::OUTCOME_CLOSED, "the visit is closed");
    }
    return Done(EraseRecord(batch_, record_, seq_));
  }

  Batch& batch_;
  RecordState& record_;
  const core::Group& group_;
  const Id16 author_;
  const uint64_t seq_;
  disk::LogRow& log_;
};

}  // namespace

absl::StatusOr<IntentResult> CarryOut(Batch& batch, RecordState& record, const core::Group& group,
                                      const core::Id16& author, const v1::Intent& intent,
                                      uint64_t seq, disk::LogRow& log) {
  if (group.facet.facet_class == core::kReferral && !intent.has_release()) {
    return CarryOutOnReferral(batch, record, author, intent, seq, log);
  }
  return Intents(batch, record, group, author, seq, log).Run(intent);
}

absl::Status RaiseVisit(Batch& batch, RecordState& record, const core::Phase& phase, uint64_t seq,
                        disk::LogRow& log) {
  const FacetId plan{record.id, core::kPlan, {}};
  const core::VisitFacts& facts = batch.FactsOf(record);
  Facet delta = PhaseDelta(kPlanPhase, phase);
  if (!sync::IsDone(facts.phase) && sync::IsDone(phase)) {
    const std::optional<int32_t> late =
        sync::DoneLateDay(record.View(), facts, batch.DirectoryOf(record.tenant), batch.now_ms());
    if (late) {
      const absl::StatusOr<core::Dot> dot = batch.ServerDot(record.tenant);
      if (!dot.ok()) return dot.status();
      const absl::StatusOr<uint64_t> stamp = batch.ServerStamp(record.tenant);
      if (!stamp.ok()) return stamp.status();
      const FacetState* held = record.Find(plan);
      core::Cell cell = core::Written(held == nullptr ? Facet{} : held->facet,
                                      Path::Field(v1::Plan::kDoneLateDayFieldNumber, Kind::kReg),
                                      *dot, facts.lead, sync::EncodeSigned(*late));
      for (core::Sibling& sibling : cell.siblings) sibling.stamp = *stamp;
      core::Put(delta, std::move(cell));
    }
  }
  return batch.ServerWrite(record, plan, std::move(delta), seq, log);
}

absl::Status RaiseDraft(Batch& batch, RecordState& record, const core::FacetId& facet, uint64_t seq,
                        disk::LogRow& log) {
  if (facet.facet_class == core::kSheet) {
    const FacetState* sheet = record.Find(facet);
    if (sync::PhaseOf(&sheet->facet, kSheetPhase).level == 0) {
      const absl::Status raised = batch.ServerWrite(
          record, facet, PhaseDelta(kSheetPhase, {false, 0, core::kDraft}), seq, log);
      if (!raised.ok()) return raised;
    }
  } else if (facet.facet_class == core::kReferral || facet.facet_class == core::kConsent) {
    return RaiseReferral(batch, record, seq, log);
  } else if (facet.facet_class != core::kPlan) {
    return absl::OkStatus();
  }
  const core::VisitFacts& facts = batch.FactsOf(record);
  const bool begun = std::any_of(record.facets.begin(), record.facets.end(),
                                 [&](const auto& f) { return f.id.facet_class == core::kSheet; });
  // Sheets may have come, and been submitted, before the plan that expects them.
  const core::Phase phase{false, 0,
                          !begun           ? core::kPlanned
                          : facts.revealed ? core::kSubmitted
                                           : core::kDraft};
  if (!facts.has_plan || !(facts.phase < phase)) return absl::OkStatus();
  return RaiseVisit(batch, record, phase, seq, log);
}

}  // namespace halfterm::storage
