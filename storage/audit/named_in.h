// Whom a page of figures names, and whose words stand on it: what the audit notes of a reader.
//
// A page that names nobody, or only whoever reads it, leaves no row. Who owns a decision or holds a
// cell of the management matrix is no reading about them: it says what they do for the school, not
// how they teach.

#ifndef HALFTERM_STORAGE_AUDIT_NAMED_IN_H_
#define HALFTERM_STORAGE_AUDIT_NAMED_IN_H_
#include <cstdint>
#include <set>
#include <string>

#include "halfterm/v1/agreement.pb.h"
#include "halfterm/v1/help.pb.h"
#include "halfterm/v1/leadership.pb.h"
#include "halfterm/v1/load.pb.h"
#include "halfterm/v1/summary.pb.h"
#include "halfterm/v1/trend.pb.h"

namespace halfterm::storage {

struct NamedPage {
  std::string page;  // Tells one page of a day from another, for a reader and a teacher.
  std::string org;   // 16 bytes: whose page it is. Empty: a single person's, or the reader's own.
  uint32_t h2 = 0;   // 0: of no half-term in particular.
  std::set<std::string> people;   // 16 bytes each.
  std::set<std::string> records;  // 16 bytes each: visits and referrals whose words it shows.
};

NamedPage NamedIn(const v1::DepartmentReply& reply);
NamedPage NamedIn(const v1::CoverageReply& reply);
NamedPage NamedIn(const v1::LoadRequest& request, const v1::LoadReply& reply);
NamedPage NamedIn(const v1::ChangesRequest& request, const v1::ChangesReply& reply);
NamedPage NamedIn(const v1::WeeklyPackRequest& request, const v1::WeeklyPackReply& reply);
NamedPage NamedIn(const v1::HelpingRequest& request, const v1::HelpingReply& reply);
NamedPage NamedIn(const v1::AgreementRequest& request, const v1::AgreementReply& reply);

}  // namespace halfterm::storage

#endif  // HALFTERM_STORAGE_AUDIT_NAMED_IN_H_
