#include "storage/audit/named_in.h"

namespace halfterm::storage {
namespace {

// A line of the pack names a teacher; a step's words are of the visit in which it was agreed, and a
// referral's aims are the referral's.
template <typename Items>
void AddItems(const Items& items, NamedPage& page) {
  for (const v1::PackItem& item : items) {
    if (!item.teacher().empty()) page.people.insert(item.teacher());
    const bool is_of_a_cycle = item.kind() == v1::PACK_ITEM_KIND_DECISION;
    if (!item.text().empty() && !is_of_a_cycle) page.records.insert(item.record());
  }
}

}  // namespace

NamedPage NamedIn(const v1::DepartmentReply& reply) {
  NamedPage page{"", reply.department(), reply.h2(), {}, {}};
  for (const v1::TeacherRow& row : reply.teachers()) page.people.insert(row.teacher());
  return page;
}

NamedPage NamedIn(const v1::CoverageReply& reply) {
  NamedPage page{"coverage", reply.org(), reply.h2(), {}, {}};
  for (const v1::RuleCoverage& rule : reply.rules()) {
    for (const v1::TeacherCoverage& row : rule.teachers()) page.people.insert(row.teacher());
  }
  return page;
}

NamedPage NamedIn(const v1::LoadRequest& request, const v1::LoadReply& reply) {
  NamedPage page{"load", request.org(), 0, {}, {}};
  for (const v1::PersonLoad& load : reply.people()) page.people.insert(load.person());
  return page;
}

NamedPage NamedIn(const v1::ChangesRequest& request, const v1::ChangesReply& reply) {
  NamedPage page{"changes", request.org(), reply.h2(), {}, {}};
  for (const v1::Change& change : reply.changes()) {
    if (!change.visit().empty()) page.people.insert(change.teacher());
  }
  return page;
}

NamedPage NamedIn(const v1::WeeklyPackRequest& request, const v1::WeeklyPackReply& reply) {
  NamedPage page{"pack", request.org(), reply.h2(), {}, {}};
  for (const v1::PraiseWords& praise : reply.praise().words()) {
    page.people.insert(praise.teacher());
    page.records.insert(praise.visit());
  }
  for (const v1::PackCoverage& coverage : reply.coverage()) {
    for (const v1::PackTeacher& teacher : coverage.waiting()) page.people.insert(teacher.teacher());
  }
  AddItems(reply.decisions(), page);
  AddItems(reply.to_share(), page);
  AddItems(reply.not_acknowledged(), page);
  AddItems(reply.referrals(), page);
  AddItems(reply.steps(), page);
  return page;
}

NamedPage NamedIn(const v1::HelpingRequest&, const v1::HelpingReply& reply) {
  NamedPage page;
  page.page = "help";
  for (const v1::HelpThread& thread : reply.threads()) {
    page.records.insert(thread.record());
    for (const v1::HelpStep& step : thread.steps()) page.records.insert(step.visit());
  }
  return page;
}

NamedPage NamedIn(const v1::AgreementRequest& request, const v1::AgreementReply& reply) {
  NamedPage page{"agreement", request.school(), 0, {}, {}};
  for (const v1::Certificate& certificate : reply.certificates()) {
    page.people.insert(certificate.observer());
  }
  return page;
}

}  // namespace halfterm::storage
