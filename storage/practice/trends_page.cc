#include "storage/practice/trends_page.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "storage/practice/org_asked.h"
#include "storage/practice/teacher_terms.h"
#include "storage/summary/figures.h"
#include "storage/summary/group_rows.h"

namespace halfterm::storage {
namespace {

using core::Id16;

constexpr uint32_t kHalfTerms = 6, kMostHalfTerms = 12;
// This half-term and the one before it against the two before those.
constexpr size_t kTrendHalfTerms = 4;

// The last of them and so many before it, ascending.
std::vector<uint16_t> HalfTermsUpTo(const Question& question, const Id16& org, uint16_t last,
                                    size_t count) {
  std::vector<uint16_t> half_terms;
  for (uint16_t half_term = last; half_term != 0 && half_terms.size() < count;
       half_term = HalfTermBefore(question.directory, org, half_term)) {
    half_terms.push_back(half_term);
  }
  std::reverse(half_terms.begin(), half_terms.end());
  return half_terms;
}

void Describe(const v1::RubricElement& element, v1::TrendLine& line) {
  line.set_element(element.number());
  line.set_code(element.code());
  line.set_title(element.title());
  line.set_levels(static_cast<uint32_t>(element.levels_size()));
}

// Adds lines of a rubric version for which `add_points` adds points; to the earlier ones only those
// that have some.
using AddPoints = std::function<void(const v1::RubricElement&, v1::TrendLine&)>;
void AddLines(const v1::RubricVersion* rubric, bool is_newest, const AddPoints& add_points,
              v1::TrendsReply& reply) {
  if (rubric == nullptr) return;
  for (const v1::RubricElement& element : rubric->elements()) {
    v1::TrendLine line;
    Describe(element, line);
    add_points(element, line);
    if (is_newest) {
      *reply.add_lines() = std::move(line);
    } else if (line.points_size() > 0) {
      *reply.add_earlier_lines() = std::move(line);
    }
  }
}

class TeacherLines {
 public:
  TeacherLines(const Question& question, TeacherTerms& terms, const v1::Policy& policy,
               std::vector<uint16_t> shown, std::vector<uint16_t> compared)
      : question_(question),
        terms_(terms),
        policy_(policy),
        shown_(std::move(shown)),
        compared_(std::move(compared)) {}

  void Fill(v1::TrendsReply& reply) const {
    std::set<Id16> versions;
    Id16 newest;
    for (const uint16_t half_term : shown_) {
      uint64_t most = 0;
      for (const auto& [rubric, sums] : terms_.At(half_term).by_rubric) {
        if (question_.directory.Rubric(rubric) == nullptr) continue;
        versions.insert(rubric);
        if (sums.visits() <= most) continue;
        most = sums.visits();
        newest = rubric;
      }
    }
    reply.set_rubric_version(newest.IsZero() ? "" : std::string(newest.view()));
    for (const Id16& rubric : versions) {
      AddLines(
          question_.directory.Rubric(rubric), rubric == newest,
          [&](const v1::RubricElement& element, v1::TrendLine& line) {
            AddTo(line, rubric, element);
            if (rubric == newest) AddDirection(rubric, line);
          },
          reply);
    }
  }

 private:
  void AddTo(v1::TrendLine& line, const Id16& rubric, const v1::RubricElement& element) const {
    std::set<Id16> met;
    for (const uint16_t half_term : shown_) {
      const TeacherTerms::HalfTerm& term = terms_.At(half_term);
      const bool is_first = met.empty();
      uint32_t new_observers = 0;
      for (const Id16& observer : term.observers) {
        if (met.insert(observer).second && !is_first) ++new_observers;
      }
      const auto sums = term.by_rubric.find(rubric);
      if (sums == term.by_rubric.end()) continue;
      const ElementSums& of = sums->second.Of(element.number());
      if (of.IsEmpty()) continue;
      const v1::ElementFigures figures =
          FiguresOf(element.number(), of, static_cast<uint32_t>(element.levels_size()));
      v1::TrendPoint& point = *line.add_points();
      point.set_h2(half_term);
      point.set_rubric_version(std::string(rubric.view()));
      point.set_n(figures.n());
      point.set_teachers(figures.n() > 0 ? 1 : 0);
      point.set_observers(static_cast<uint32_t>(term.observers.size()));
      point.set_new_observers(new_observers);
      point.set_mean_millionths(figures.mean_millionths());
      point.set_lower_median(figures.lower_median());
      *point.mutable_hist() = figures.hist();
      point.set_unresolved(figures.unresolved());
    }
  }

  void AddDirection(const Id16& rubric, v1::TrendLine& line) const {
    ElementSums sides[2];  // Now, and before.
    std::set<Id16> observers;
    bool has_other_version = false;
    for (size_t back = 0; back < compared_.size(); ++back) {
      const TeacherTerms::HalfTerm& term = terms_.At(compared_[compared_.size() - 1 - back]);
      observers.insert(term.observers.begin(), term.observers.end());
      for (const auto& [version, sums] : term.by_rubric) {
        if (version != rubric) {
          has_other_version = true;
          continue;
        }
        const ElementSums& of = sums.Of(line.element());
        ElementSums& side = sides[back / 2];
        side.n += of.n;
        side.sum += of.sum;
        side.unresolved += of.unresolved;
      }
    }
    const auto seen_by = static_cast<uint32_t>(observers.size());
    *line.mutable_trend() = TrendOf(sides[0], sides[1], seen_by, policy_);
    if (line.trend().state() != v1::TREND_STATE_NOT_ENOUGH_YET) return;
    const uint64_t needed = std::max(policy_.trend_min_each_side(), 1u);
    const bool is_short = sides[0].n < needed || sides[1].n < needed;
    if (is_short && has_other_version) {
      line.set_reason(v1::TREND_REASON_RUBRIC_CHANGED);
    } else if (is_short && sides[0].unresolved + sides[1].unresolved > 0) {
      line.set_reason(v1::TREND_REASON_WAITING);
    } else if (sides[0].n + sides[1].n == 0) {
      line.set_reason(v1::TREND_REASON_NOT_SEEN);
    } else {
      line.set_reason(is_short ? v1::TREND_REASON_TOO_FEW_LESSONS
                               : v1::TREND_REASON_TOO_FEW_OBSERVERS);
    }
  }

  const Question& question_;
  const TeacherTerms& terms_;
  const v1::Policy& policy_;
  const std::vector<uint16_t> shown_, compared_;
};

void FillGroupLines(const Question& question, const std::map<uint16_t, GroupRows>& terms,
                    v1::TrendsReply& reply) {
  std::set<Id16> versions;
  Id16 newest;
  for (const auto& [half_term, rows] : terms) {
    for (const auto& [rubric, departments] : rows.by_rubric) versions.insert(rubric);
    const Id16 most = rows.MostUsedRubric();
    if (!most.IsZero()) newest = most;
  }
  reply.set_rubric_version(newest.IsZero() ? "" : std::string(newest.view()));
  for (const Id16& rubric : versions) {
    const v1::RubricVersion* known = question.directory.Rubric(rubric);
    if (known == nullptr) continue;
    std::map<uint16_t, google::protobuf::RepeatedPtrField<v1::GroupElementFigures>> figures;
    for (const auto& [half_term, rows] : terms) {
      figures[half_term] = SumOf(rows.TeachersOf(rubric)).FiguresFor(*known);
    }
    AddLines(
        known, rubric == newest,
        [&](const v1::RubricElement& element, v1::TrendLine& line) {
          for (const auto& [half_term, elements] : figures) {
            for (const v1::GroupElementFigures& of : elements) {
              if (of.element() != element.number()) continue;
              v1::TrendPoint& point = *line.add_points();
              point.set_h2(half_term);
              point.set_rubric_version(std::string(rubric.view()));
              point.set_n(of.n());
              point.set_teachers(of.teachers());
              point.set_observers(terms.at(half_term).Observers());
              point.set_mean_millionths(of.mean_of_means_millionths());
              *point.mutable_hist() = of.median_hist();
              point.set_unresolved(of.unresolved());
            }
          }
        },
        reply);
  }
}

absl::Status FillWatermark(const Question& question, v1::TrendsReply& reply) {
  const Id16 rubric = Id16::FromBytes(reply.rubric_version()).value_or(Id16{});
  const absl::StatusOr<v1::Watermark> watermark =
      WatermarkFor(question, rubric, 0, [](absl::string_view) { return false; });
  if (!watermark.ok()) return watermark.status();
  *reply.mutable_watermark() = *watermark;
  return absl::OkStatus();
}

absl::StatusOr<v1::TrendsReply> TeacherTrends(const Question& question, const Id16& teacher,
                                              uint32_t last, size_t count) {
  TeacherTerms terms(question, teacher);
  const v1::Person* person = question.directory.Person(teacher);
  if (person == nullptr) return NotThereOrNotYours();
  const Id16 home = question.directory.FirstDepartmentOf(teacher);
  const bool is_reader = terms.MayRead();
  const absl::StatusOr<uint16_t> half_term = HalfTermAsked(question, home, last);
  // Nobody learns from a wrong half-term that there is such a person.
  if (!half_term.ok()) return is_reader ? half_term.status() : NotThereOrNotYours();
  const std::vector<uint16_t> shown = HalfTermsUpTo(question, home, *half_term, count);
  const std::vector<uint16_t> compared = HalfTermsUpTo(question, home, *half_term, kTrendHalfTerms);
  for (const std::vector<uint16_t>* list : {&shown, &compared}) {
    for (const uint16_t number : *list) {
      const absl::Status read = terms.Read(number);
      if (!read.ok()) return read;
    }
  }
  if (!is_reader && !terms.HasLessons()) return NotThereOrNotYours();
  v1::TrendsReply reply;
  for (const uint16_t number : shown) reply.add_half_terms(number);
  reply.set_name(person->display_name());
  reply.set_teacher(person->id());
  reply.set_as_shared(terms.is_own());
  const v1::Policy& policy = question.directory.PolicyOf(question.directory.SiteOf(home));
  reply.set_needed_each_side(policy.trend_min_each_side());
  reply.set_needed_observers(policy.trend_min_observers());
  TeacherLines(question, terms, policy, shown, compared).Fill(reply);
  if (absl::Status filled = FillWatermark(question, reply); !filled.ok()) return filled;
  return reply;
}

absl::StatusOr<v1::TrendsReply> GroupTrends(const Question& question, const OrgAsked& asked,
                                            uint32_t last, size_t count) {
  const absl::StatusOr<uint16_t> half_term = HalfTermAsked(question, asked.id, last);
  if (!half_term.ok()) return half_term.status();
  RollupRows rollups(question.snapshot, question.tenant);
  std::map<uint16_t, GroupRows> terms;
  v1::TrendsReply reply;
  for (const uint16_t number : HalfTermsUpTo(question, asked.id, *half_term, count)) {
    reply.add_half_terms(number);
    for (const v1::Org* org : asked.departments) {
      const absl::Status read =
          terms[number].Read(rollups, question, *Id16::FromBytes(org->id()), number);
      if (!read.ok()) return read;
    }
  }
  reply.set_name(asked.org->name());
  const v1::Policy& policy = question.directory.PolicyOf(asked.site);
  reply.set_needed_each_side(policy.trend_min_each_side());
  reply.set_needed_observers(policy.trend_min_observers());
  FillGroupLines(question, terms, reply);
  if (absl::Status filled = FillWatermark(question, reply); !filled.ok()) return filled;
  return reply;
}

}  // namespace

absl::StatusOr<v1::TrendsReply> ReadTrendsPage(const Question& question,
                                               const v1::TrendsRequest& request) {
  const int named =
      !request.teacher().empty() + !request.department().empty() + !request.school().empty();
  if (named != 1) {
    return absl::InvalidArgumentError("exactly one of teacher, department and school is set");
  }
  if (request.half_terms() > kMostHalfTerms) {
    return absl::InvalidArgumentError("half_terms is above 12");
  }
  const size_t count = request.half_terms() == 0 ? kHalfTerms : request.half_terms();
  if (!request.teacher().empty()) {
    const absl::StatusOr<Id16> teacher = RequiredId(request.teacher(), "teacher");
    if (!teacher.ok()) return teacher.status();
    return TeacherTrends(question, *teacher, request.h2(), count);
  }
  const absl::StatusOr<OrgAsked> asked = !request.department().empty()
                                             ? OrgAskedFor(question, request.department())
                                             : SchoolAskedFor(question, request.school());
  if (!asked.ok()) return asked.status();
  return GroupTrends(question, *asked, request.h2(), count);
}

}  // namespace halfterm::storage
