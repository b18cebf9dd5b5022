#include "storage/practice/agreement_page.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/practice/org_asked.h"
#include "storage/practice/rated_together.h"
#include "sync/due.h"
#include "sync/rights.h"
#include "sync/school_calendar.h"

namespace halfterm::storage {
namespace {

using core::Id16;
using sync::RollupKind;
using sync::RowKey;

constexpr int32_t kYear = 365;
constexpr int64_t kEarliest = std::numeric_limits<int64_t>::min();

v1::CertificateState StateOf(sync::CertificateFacts::State state) {
  switch (state) {
    case sync::CertificateFacts::State::kValid:
      return v1::CERTIFICATE_STATE_VALID;
    case sync::CertificateFacts::State::kEndsSoon:
      return v1::CERTIFICATE_STATE_ENDS_SOON;
    case sync::CertificateFacts::State::kExpired:
      return v1::CERTIFICATE_STATE_EXPIRED;
    case sync::CertificateFacts::State::kNone:
      break;
  }
  return v1::CERTIFICATE_STATE_NONE;
}

class AgreementPage {
 public:
  AgreementPage(const Question& question, const Id16& site, int32_t from_day)
      : question_(question),
        site_(site),
        zone_(question.directory.ZoneOf(site)),
        today_(sync::DayOf(question.now_ms, zone_)),
        from_day_(from_day == 0 ? today_ - kYear : from_day),
        from_ms_(
            absl::ToUnixMillis(absl::FromCivil(absl::CivilDay(1970, 1, 1) + from_day_, zone_))),
        rows_(question.snapshot, question.tenant) {}

  int32_t from_day() const { return from_day_; }

  // The rubric version of the latest joint visit of these people; zeros: none.
  absl::StatusOr<Id16> LatestRubric(const std::vector<Id16>& people) {
    Id16 latest;
    int64_t latest_ms = kEarliest;
    for (const v1::RubricVersion& rubric : question_.directory.content().rubrics) {
      const Id16 id = Id16::FromBytes(rubric.id()).value_or(Id16{});
      for (const Id16& person : people) {
        const absl::Status walked = rows_.ForEach(RowKey(RollupKind::kRater).Id(id).Id(person),
                                                  [&](KeyRest rest, const std::vector<int64_t>&) {
                                                    const int64_t start_ms =
                                                        sync::MomentOf(rest.Number(8));
                                                    if (start_ms > latest_ms) {
                                                      latest_ms = start_ms;
                                                      latest = id;
                                                    }
                                                    return false;
                                                  });
        if (!walked.ok()) return walked;
      }
    }
    return latest;
  }

  absl::Status FillOwn(const v1::RubricVersion& rubric, v1::AgreementReply& reply) {
    const Id16 id = *Id16::FromBytes(rubric.id());
    const auto pairs = PairsOf(rows_, id, question_.caller, from_ms_);
    if (!pairs.ok()) return pairs.status();
    const auto all = PairsOf(rows_, id, question_.caller, kEarliest);
    if (!all.ok()) return all.status();
    *reply.mutable_own_certificate() = CertificateOf(question_.caller, *all, /*is_own=*/true);
    if (pairs->empty()) return absl::OkStatus();
    GatheredPairs gathered;
    for (const RatedPair& pair : *pairs) gathered.Add(pair);
    *reply.mutable_own() = gathered.Figures(0, 0);
    FillElements(rubric, gathered, 0, reply.mutable_own_elements());
    return absl::OkStatus();
  }

  // `people` are those of the school; pairs with somebody from elsewhere are not the school's.
  absl::Status FillSchool(const v1::RubricVersion& rubric, const std::vector<Id16>& people,
                          uint32_t k_min, v1::AgreementReply& reply) {
    const Id16 id = *Id16::FromBytes(rubric.id());
    const std::set<Id16> here(people.begin(), people.end());
    std::vector<RatedPair> counted;
    std::map<uint16_t, std::vector<RatedPair>> between_two;
    std::set<Id16> double_coded;
    for (const Id16& person : people) {
      const auto all = PairsOf(rows_, id, person, kEarliest);
      if (!all.ok()) return all.status();
      if (all->empty()) continue;
      *reply.add_certificates() = CertificateOf(person, *all, /*is_own=*/false);
      for (const RatedPair& pair : *all) {
        if (pair.start_ms < from_ms_ || here.count(pair.other) == 0) continue;
        if (pair.kind == v1::VISIT_KIND_DEPT) double_coded.insert(pair.visit);
        if (!(pair.observer < pair.other)) continue;
        if (sync::IsForLeaders(static_cast<core::VisitKind>(pair.kind))) {
          counted.push_back(pair);
        } else {
          between_two[question_.directory.HalfTermAt(site_, pair.start_ms)].push_back(pair);
        }
      }
    }
    // Sheets that nobody else reads count in whole half-terms that are over: whoever subtracts two
    // answers, of two days or with two first days, is left with as many people as one answer needs.
    for (const auto& [half_term, pairs] : between_two) {
      if (!IsWholeAndOver(half_term)) continue;
      for (RatedPair& pair : OnlyElements(pairs, ElementsOf(pairs, k_min))) {
        counted.push_back(std::move(pair));
      }
    }
    GatheredPairs all, shown;
    for (const RatedPair& pair : counted) all.Add(pair);
    // What is withheld of one element must not be left when the others are taken from the whole.
    for (const RatedPair& pair : OnlyElements(counted, ElementsOf(counted, k_min))) {
      shown.Add(pair);
    }
    *reply.mutable_school() = shown.Figures(0, k_min);
    FillElements(rubric, all, k_min, reply.mutable_school_elements());
    reply.set_double_coded(static_cast<uint32_t>(double_coded.size()));
    std::stable_sort(reply.mutable_certificates()->begin(), reply.mutable_certificates()->end(),
                     [](const v1::Certificate& a, const v1::Certificate& b) {
                       return a.display_name() < b.display_name();
                     });
    return absl::OkStatus();
  }

  // DEPT visits to these people that are done, since the first day.
  absl::StatusOr<uint32_t> DeptVisits(const Id16& site, const std::vector<Id16>& people) {
    uint32_t visits = 0;
    for (uint16_t half_term = question_.directory.HalfTermAt(site, question_.now_ms);
         half_term != 0; half_term = HalfTermBefore(question_.directory, site, half_term)) {
      const v1::HalfTerm& days = *question_.directory.HalfTerm(site, half_term);
      for (const Id16& person : people) {
        const absl::Status walked = rows_.ForEach(
            RowKey(RollupKind::kCover).U16(half_term).Id(person),
            [&](KeyRest rest, const std::vector<int64_t>& row) {
              rest.Id();
              if (rest.Number(1) != v1::VISIT_KIND_DEPT) return true;
              for (size_t at = sync::kCoverDays; at < row.size(); ++at) {
                const auto day = days.start_day() + static_cast<int32_t>(at - sync::kCoverDays);
                if (day < from_day_ || row[at] <= 0) continue;
                visits += static_cast<uint32_t>(row[at] % sync::kCoverBookedOnDay);
              }
              return true;
            });
        if (!walked.ok()) return walked;
      }
      if (days.start_day() <= from_day_) break;
    }
    return visits;
  }

 private:
  static void FillElements(const v1::RubricVersion& rubric, const GatheredPairs& gathered,
                           uint32_t k_min,
                           google::protobuf::RepeatedPtrField<v1::ElementAgreement>* list) {
    for (const v1::RubricElement& element : rubric.elements()) {
      v1::AgreementFigures figures = gathered.Figures(element.number(), k_min);
      if (figures.pairs() == 0 && !figures.withheld()) continue;
      v1::ElementAgreement& entry = *list->Add();
      entry.set_element(element.number());
      entry.set_code(element.code());
      entry.set_title(element.title());
      *entry.mutable_figures() = std::move(figures);
    }
  }

  v1::Certificate CertificateOf(const Id16& observer, const std::vector<RatedPair>& latest_first,
                                bool is_own) const {
    const sync::CertificateFacts facts =
        sync::CertificateOf(RatedByDay(latest_first, zone_), today_);
    v1::Certificate certificate;
    certificate.set_observer(std::string(observer.view()));
    certificate.set_display_name(NameOf(question_, observer));
    certificate.set_state(StateOf(facts.state));
    certificate.set_from_day(facts.from_day);
    certificate.set_to_day(facts.to_day);
    certificate.set_drift(facts.drift);
    if (!is_own || facts.state == sync::CertificateFacts::State::kNone) return certificate;
    certificate.set_visit(std::string(facts.visit.view()));
    certificate.set_rated(facts.counts.pairs);
    certificate.set_within_one(facts.counts.within_one);
    certificate.set_exact(facts.counts.exact);
    return certificate;
  }

  // As frozen figures, it waits a week for the tablets that are away.
  bool IsWholeAndOver(uint16_t half_term) const {
    const v1::HalfTerm* days = question_.directory.HalfTerm(site_, half_term);
    return days != nullptr && days->start_day() >= from_day_ && days->end_day() + 7 < today_;
  }

  const Question& question_;
  const Id16 site_;
  const absl::TimeZone zone_;
  const int32_t today_, from_day_;
  const int64_t from_ms_;
  RollupRows rows_;
};

// Everybody who has belonged to one of the departments, and who holds a role at the school.
std::vector<Id16> PeopleOfSchool(const Question& question, const OrgAsked& school) {
  std::set<Id16> people;
  for (const v1::Person& person : question.directory.content().people) {
    for (const v1::DepartmentMembership& membership : person.departments()) {
      const Id16 department = Id16::FromBytes(membership.org()).value_or(Id16{});
      if (school.Holds(department)) people.insert(*Id16::FromBytes(person.id()));
    }
  }
  for (const v1::RoleGrant& grant : question.directory.content().grants) {
    const Id16 org = Id16::FromBytes(grant.org()).value_or(Id16{});
    if (!org.IsZero() && question.directory.SiteOf(org) == school.site) {
      people.insert(Id16::FromBytes(grant.person()).value_or(Id16{}));
    }
  }
  return {people.begin(), people.end()};
}

}  // namespace

absl::StatusOr<v1::AgreementReply> ReadAgreementPage(const Question& question,
                                                     const v1::AgreementRequest& request) {
  const absl::StatusOr<Id16> wanted = OptionalId(request.rubric_version(), "rubric_version");
  if (!wanted.ok()) return wanted.status();
  if (request.from_day() < 0) return absl::InvalidArgumentError("from_day is before 1970");
  OrgAsked school;
  if (!request.school().empty()) {
    absl::StatusOr<OrgAsked> asked = SchoolAskedFor(question, request.school());
    if (!asked.ok()) return asked.status();
    school = *std::move(asked);
  }
  const Id16 site =
      school.org != nullptr
          ? school.site
          : question.directory.SiteOf(question.directory.FirstDepartmentOf(question.caller));
  AgreementPage page(question, site, request.from_day());
  const std::vector<Id16> people =
      school.org == nullptr ? std::vector<Id16>() : PeopleOfSchool(question, school);

  v1::AgreementReply reply;
  reply.set_from_day(page.from_day());
  absl::StatusOr<Id16> rubric = *wanted;
  if (rubric->IsZero()) rubric = page.LatestRubric({question.caller});
  if (rubric.ok() && rubric->IsZero()) rubric = page.LatestRubric(people);
  if (!rubric.ok()) return rubric.status();
  const absl::StatusOr<v1::Watermark> watermark =
      WatermarkFor(question, *rubric, 0, [](absl::string_view) { return false; });
  if (!watermark.ok()) return watermark.status();
  *reply.mutable_watermark() = *watermark;
  if (school.org != nullptr) {
    const absl::StatusOr<uint32_t> visits = page.DeptVisits(site, people);
    if (!visits.ok()) return visits.status();
    reply.set_double_codable(*visits);
  }
  const v1::RubricVersion* known = question.directory.Rubric(*rubric);
  if (known == nullptr) return reply;
  reply.set_rubric_version(known->id());
  if (const absl::Status filled = page.FillOwn(*known, reply); !filled.ok()) return filled;
  if (school.org == nullptr) return reply;
  const uint32_t k_min = question.directory.PolicyOf(site).k_min();
  const absl::Status filled = page.FillSchool(*known, people, k_min, reply);
  if (!filled.ok()) return filled;
  return reply;
}

}  // namespace halfterm::storage
