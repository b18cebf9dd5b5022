#include "storage/practice/helping_page.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/practice/org_asked.h"
#include "storage/practice/visible_record.h"
#include "storage/summary/rows.h"
#include "sync/facts.h"
#include "sync/rollup_rows.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using sync::RollupKind;
using sync::RowKey;

constexpr size_t kMostRecords = 1000;
constexpr int kThreads = 200;

Id16 IdIn(const std::string& bytes) { return Id16::FromBytes(bytes).value_or(Id16{}); }

// The records in which somebody, or a department, has one of these parts.
absl::Status AddRecords(const Question& question, const Id16& whose, int64_t parts,
                        bool with_closed, std::set<Id16>& records) {
  return RollupRows(question.snapshot, question.tenant)
      .ForEach(RowKey(RollupKind::kHelp).Id(whose),
               [&](KeyRest rest, const std::vector<int64_t>& row) {
                 const bool has_part = !row.empty() && (row[sync::kHelpParts] & parts) != 0;
                 const bool is_open = row.size() > sync::kHelpOpen && row[sync::kHelpOpen] > 0;
                 if (has_part && (is_open || with_closed)) records.insert(rest.Id());
                 return records.size() < kMostRecords;
               });
}

absl::StatusOr<std::set<Id16>> RecordsFor(const Question& question,
                                          const v1::HelpingRequest& request) {
  std::set<Id16> records;
  const bool closed = request.with_closed();
  if (request.view() == v1::HELP_VIEW_LEADER) {
    const absl::Status own =
        AddRecords(question, question.caller, sync::kHelpOpener, closed, records);
    if (!own.ok()) return own;
    for (const v1::Org& org : question.directory.content().orgs) {
      const Id16 id = IdIn(org.id());
      if (org.kind() != v1::ORG_KIND_DEPARTMENT || !question.access.Department(id)) continue;
      const absl::Status led = AddRecords(question, id, sync::kHelpDepartment, closed, records);
      if (!led.ok()) return led;
    }
    return records;
  }
  const int64_t part =
      request.view() == v1::HELP_VIEW_SUBJECT ? sync::kHelpSubject : sync::kHelpHelper;
  const absl::Status added = AddRecords(question, question.caller, part, closed, records);
  if (!added.ok()) return added;
  return records;
}

class ThreadReader {
 public:
  ThreadReader(const Question& question, int32_t today) : question_(question), today_(today) {}

  // False where the caller may not see the body.
  absl::StatusOr<bool> Read(const Id16& id, v1::HelpThread& thread) {
    const absl::StatusOr<VisibleRecord> record = VisibleRecord::Read(question_, id);
    if (!record.ok()) return record.status();
    v1::ReferralBody& body = *thread.mutable_body();
    if (!record->Show(v1::FACET_CLASS_REFERRAL, {}, body)) return false;
    thread.set_record(std::string(id.view()));
    thread.set_is_support_plan(body.is_support_plan());
    const Id16 subject = IdIn(body.subject());
    thread.set_subject_name(NameOf(question_, subject));
    thread.set_department_name(OrgNameOf(question_, IdIn(body.department())));
    thread.set_helper_name(NameOf(question_, IdIn(body.helper())));
    v1::Evidence evidence;
    if (record->Show(v1::FACET_CLASS_EVIDENCE, {}, evidence)) {
      *thread.mutable_evidence() = evidence.referred();
    }
    v1::Consent consent;
    if (!subject.IsZero() && record->Show(v1::FACET_CLASS_CONSENT, subject, consent)) {
      *thread.mutable_consent() = std::move(consent);
    }
    for (const auto& [links, list] : {std::pair(&body.source_visits(), thread.mutable_sources()),
                                      std::pair(&body.revisits(), thread.mutable_revisits())}) {
      const absl::Status added = AddVisits(*links, list, thread);
      if (!added.ok()) return added;
    }
    std::stable_sort(
        thread.mutable_steps()->begin(), thread.mutable_steps()->end(),
        [](const v1::HelpStep& a, const v1::HelpStep& b) { return DueOf(a) < DueOf(b); });
    thread.set_next_day(NextDay(thread));
    return true;
  }

 private:
  static int32_t DueOf(const v1::HelpStep& step) {
    return step.step().has_due_day() ? step.step().due_day() : sync::kNoDay;
  }

  absl::Status AddVisits(const google::protobuf::RepeatedPtrField<v1::VisitLink>& links,
                         google::protobuf::RepeatedPtrField<v1::HelpVisit>* list,
                         v1::HelpThread& thread) {
    for (const v1::VisitLink& link : links) {
      v1::HelpVisit& visit = *list->Add();
      visit.set_visit(link.visit());
      const absl::StatusOr<VisibleRecord> record =
          VisibleRecord::Read(question_, IdIn(link.visit()));
      if (!record.ok()) return record.status();
      const core::VisitFacts& facts = record->facts();
      // A link may name any record; only a visit to this teacher tells something here.
      if (!facts.has_plan || facts.teacher != IdIn(thread.body().subject())) continue;
      visit.set_lesson_start_ms(sync::LessonStartMs(record->view()));
      visit.set_kind(static_cast<v1::VisitKind>(facts.kind));
      visit.set_level(static_cast<v1::Level>(facts.phase.level));
      v1::Steps steps;
      if (!record->Show(v1::FACET_CLASS_STEPS, {}, steps)) continue;
      for (v1::Step& step : *steps.mutable_steps()) {
        v1::HelpStep& entry = *thread.add_steps();
        entry.set_visit(link.visit());
        const bool is_settled =
            step.status() == v1::STEP_STATUS_EMBEDDED || step.status() == v1::STEP_STATUS_DROPPED;
        entry.set_overdue(!is_settled && step.has_due_day() && step.due_day() < today_);
        *entry.mutable_step() = std::move(step);
      }
    }
    std::stable_sort(list->begin(), list->end(),
                     [](const v1::HelpVisit& a, const v1::HelpVisit& b) {
                       return a.lesson_start_ms() < b.lesson_start_ms();
                     });
    return absl::OkStatus();
  }

  int32_t NextDay(const v1::HelpThread& thread) const {
    int32_t next = thread.body().until_day();
    for (const v1::HelpStep& step : thread.steps()) {
      const bool is_settled = step.step().status() == v1::STEP_STATUS_EMBEDDED ||
                              step.step().status() == v1::STEP_STATUS_DROPPED;
      if (is_settled || !step.step().has_due_day() || step.step().due_day() < today_) continue;
      next = next == 0 ? step.step().due_day() : std::min(next, step.step().due_day());
    }
    return next;
  }

  const Question& question_;
  const int32_t today_;
};

}  // namespace

absl::StatusOr<v1::HelpingReply> ReadHelpingPage(const Question& question,
                                                 const v1::HelpingRequest& request) {
  const absl::StatusOr<std::set<Id16>> records = RecordsFor(question, request);
  if (!records.ok()) return records.status();
  v1::HelpingReply reply;
  const absl::StatusOr<v1::Watermark> watermark =
      WatermarkFor(question, {}, 0, [](absl::string_view) { return false; });
  if (!watermark.ok()) return watermark.status();
  *reply.mutable_watermark() = *watermark;
  ThreadReader reader(question,
                      TodayAt(question, question.directory.FirstDepartmentOf(question.caller)));
  for (const Id16& id : *records) {
    v1::HelpThread thread;
    const absl::StatusOr<bool> read = reader.Read(id, thread);
    if (!read.ok()) return read.status();
    if (*read) *reply.add_threads() = std::move(thread);
  }
  std::stable_sort(reply.mutable_threads()->begin(), reply.mutable_threads()->end(),
                   [](const v1::HelpThread& a, const v1::HelpThread& b) {
                     const int32_t first = a.next_day() == 0 ? sync::kNoDay : a.next_day();
                     const int32_t second = b.next_day() == 0 ? sync::kNoDay : b.next_day();
                     return first < second;
                   });
  if (reply.threads_size() > kThreads) {
    reply.mutable_threads()->DeleteSubrange(kThreads, reply.threads_size() - kThreads);
  }
  return reply;
}

}  // namespace halfterm::storage
