#include "sync/levels.h"

#include <algorithm>
#include <array>
#include <string>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/codec.h"
#include "sync/core/field_cells.h"
#include "sync/core/path.h"
#include "sync/core/sha256.h"
#include "sync/facts.h"
#include "sync/number_in.h"

namespace halfterm::sync {
namespace {

using core::Cell;
using core::Facet;
using core::Id16;
using core::Kind;
using core::Path;

constexpr uint16_t kElements = 256;

const Cell* FirstOf(const Facet& facet, uint16_t field) {
  const Path first = Path::Entry(field, Id16{}, 0, Kind{0});
  const auto found = std::lower_bound(facet.cells.begin(), facet.cells.end(), first,
                                      [](const Cell& c, const Path& p) { return c.path < p; });
  return facet.cells.data() + (found - facet.cells.begin());
}
const Cell* EndOf(const Facet& facet) { return facet.cells.data() + facet.cells.size(); }

Rating RatingOf(uint16_t element, const Cell& cell) {
  Rating rating;
  rating.element = element;
  rating.disputed = IsDisputed(cell);
  if (rating.disputed || cell.siblings.empty()) return rating;
  const uint64_t level = NumberIn(cell.siblings.front().value);
  rating.level = level < kElements ? static_cast<uint8_t>(level) : uint8_t{0};
  return rating;
}

bool IsSaid(const Cell* cell) {
  return cell != nullptr && !cell->siblings.empty() &&
         std::all_of(cell->siblings.begin(), cell->siblings.end(),
                     [](const core::Sibling& s) { return NumberIn(s.value) != 0; });
}

// The middle of the levels that there are, the lower one of two; 0 without any.
uint8_t LowerMedian(std::vector<uint8_t>& levels) {
  if (levels.empty()) return 0;
  const auto middle = levels.begin() + (static_cast<std::ptrdiff_t>(levels.size()) - 1) / 2;
  std::nth_element(levels.begin(), middle, levels.end());
  return *middle;
}

std::vector<Rating> MedianOf(const std::vector<std::vector<Rating>>& sheets) {
  if (sheets.empty()) return {};
  if (sheets.size() == 1) return sheets.front();
  std::vector<Rating> medians;
  std::vector<uint8_t> levels;
  std::vector<size_t> at(sheets.size(), 0);
  while (true) {
    uint16_t element = kElements;
    for (size_t i = 0; i < sheets.size(); ++i) {
      if (at[i] < sheets[i].size()) element = std::min(element, sheets[i][at[i]].element);
    }
    if (element == kElements) return medians;
    Rating median;
    median.element = element;
    levels.clear();
    for (size_t i = 0; i < sheets.size(); ++i) {
      if (at[i] == sheets[i].size() || sheets[i][at[i]].element != element) continue;
      const Rating& rating = sheets[i][at[i]++];
      median.disputed |= rating.disputed;
      if (rating.level != 0) levels.push_back(rating.level);
    }
    median.level = LowerMedian(levels);
    medians.push_back(median);
  }
}

const Facet* FindVersion(const RecordView& record) {
  const FacetView* newest = nullptr;
  for (const FacetView& view : record.facets) {
    if (view.id.facet_class != core::kVersion) continue;
    if (newest == nullptr || newest->id.sub < view.id.sub) newest = &view;
  }
  return newest == nullptr ? nullptr : newest->facet;
}

}  // namespace

std::vector<Rating> RatingsIn(const Facet& facet, uint16_t field) {
  std::vector<Rating> ratings;
  const Cell* present = nullptr;
  for (const Cell* cell = FirstOf(facet, field); cell != EndOf(facet); ++cell) {
    const Path& path = cell->path;
    if (path.field() != field) break;
    if (!path.is_entry()) continue;
    const Id16 key = path.key();
    if (path.sub() == 0 && path.kind() == Kind::kElem) {
      present = cell->siblings.empty() ? nullptr : cell;
    } else if (path.sub() == v1::Rating::kLevelFieldNumber && path.kind() == Kind::kReg) {
      if (present == nullptr || present->path.key() != key || !core::IsNumberKey(key)) continue;
      const uint16_t element = core::KeyNumber(key);
      if (element >= 1 && element < kElements) ratings.push_back(RatingOf(element, *cell));
    }
  }
  return ratings;
}

std::vector<Id16> ExpectedObservers(const RecordView& record, const core::VisitFacts& facts) {
  std::vector<Id16> expected = facts.observers;
  std::sort(expected.begin(), expected.end());
  const Facet* plan = record.Find(core::kPlan);
  if (plan == nullptr) return expected;
  const auto is_excused = [plan](const Id16& observer) {
    const Cell* cell = plan->Find(Path::Entry(v1::Plan::kObserversFieldNumber, observer,
                                              v1::Observer::kExcusedFieldNumber, Kind::kReg));
    return IsSaid(cell);
  };
  expected.erase(std::remove_if(expected.begin(), expected.end(), is_excused), expected.end());
  return expected;
}

std::vector<Id16> CertifiedOf(const RecordView& record, const std::vector<Id16>& observers) {
  std::vector<Id16> certified;
  const Path path = Path::Field(v1::Sheet::kCertificateFieldNumber, Kind::kReg);
  for (const Id16& observer : observers) {
    const Facet* sheet = record.Find(core::kSheet, observer);
    if (sheet != nullptr && !ShownId(*sheet, path).IsZero()) certified.push_back(observer);
  }
  return certified;
}

std::vector<std::vector<Rating>> SheetsOf(const RecordView& record,
                                          const std::vector<Id16>& observers) {
  std::vector<std::vector<Rating>> sheets;
  for (const Id16& observer : observers) {
    const Facet* sheet = record.Find(core::kSheet, observer);
    if (PhaseOf(sheet, v1::Sheet::kPhaseFieldNumber).level < core::kSubmitted) continue;
    sheets.push_back(RatingsIn(*sheet, v1::Sheet::kRatingsFieldNumber));
  }
  return sheets;
}

core::Digest32 RatingsDigest(const Facet& consensus) {
  const Facet ratings = core::CellsOfField(consensus, v1::Consensus::kRatingsFieldNumber);
  return core::Sha256(core::EncodeContent(ratings));
}

bool AllAgreed(const RecordView& record, const std::vector<Id16>& observers) {
  constexpr uint16_t kAgreedBy = v1::Consensus::kAgreedByFieldNumber;
  const Facet* consensus = record.Find(core::kConsensus);
  if (consensus == nullptr || observers.empty()) return false;
  const Cell* first = nullptr;
  for (const Id16& observer : observers) {
    const Cell* entry = consensus->Find(Path::Entry(kAgreedBy, observer, 0, Kind::kElem));
    const Cell* digest = consensus->Find(
        Path::Entry(kAgreedBy, observer, v1::Agreement::kDigestFieldNumber, Kind::kReg));
    if (entry == nullptr || entry->siblings.empty()) return false;
    if (digest == nullptr || digest->siblings.empty() || IsDisputed(*digest)) return false;
    if (first == nullptr) first = digest;
    if (digest->siblings.front().value != first->siblings.front().value) return false;
  }
  if (RatingsIn(*consensus, v1::Consensus::kRatingsFieldNumber).empty()) return false;
  return first->siblings.front().value == RatingsDigest(*consensus).view();
}

std::vector<Rating> LevelsOf(const RecordView& record, const std::vector<Id16>& observers,
                             const std::vector<Id16>& rated_by) {
  if (rated_by.empty()) return {};
  if (AllAgreed(record, observers)) {
    return RatingsIn(*record.Find(core::kConsensus), v1::Consensus::kRatingsFieldNumber);
  }
  return MedianOf(SheetsOf(record, rated_by));
}

std::vector<Rating> ShareableLevels(const RecordView& record, const std::vector<Id16>& observers) {
  if (AllAgreed(record, observers) || observers.size() == 1) return LevelsOf(record, observers);
  return {};
}

VersionLevels NewestVersion(const RecordView& record) {
  VersionLevels levels;
  const Facet* facet = FindVersion(record);
  if (facet == nullptr) return levels;
  const Cell* cell = facet->Find(Path::Field(v1::Version::kSharedFieldNumber, Kind::kBlob));
  if (cell == nullptr || cell->siblings.empty()) return levels;
  v1::SharedVersion version;
  if (!version.ParseFromString(cell->siblings.back().value)) return levels;

  levels.exists = true;
  levels.has_praise = version.strengths_size() > 0;
  levels.shared_day = version.shared_day();
  levels.first_shared_day = version.first_shared_day();
  levels.rubric = Id16::FromBytes(version.rubric_version()).value_or(Id16{});
  std::array<Rating, kElements> by_element{};
  for (const v1::Rating& rating : version.ratings()) {
    if (rating.element() < 1 || rating.element() >= kElements) continue;
    by_element[rating.element()].level = static_cast<uint8_t>(std::min(rating.level(), 255u));
  }
  for (const uint32_t element : version.left_out()) {
    if (element >= 1 && element < kElements) by_element[element] = {0, 0, true};
  }
  for (uint16_t element = 1; element < kElements; ++element) {
    Rating& rating = by_element[element];
    rating.element = element;
    if (rating.level != 0 || rating.disputed) levels.ratings.push_back(rating);
  }
  return levels;
}

bool OpenQueries::Covers(uint16_t element) const {
  return all || std::find(elements.begin(), elements.end(), element) != elements.end();
}

OpenQueries OpenQueriesOf(const RecordView& record, const Id16& teacher) {
  OpenQueries open;
  const Facet* response = record.Find(core::kResponse, teacher);
  if (response == nullptr) return open;
  const Facet* answers = record.Find(core::kAnswers);
  constexpr uint16_t kQueries = v1::Response::kQueriesFieldNumber;
  for (const Id16& key : PresentEntries(*response, kQueries)) {
    const auto part = [&](uint16_t sub) {
      return response->Find(Path::Entry(kQueries, key, sub, Kind::kReg));
    };
    if (IsSaid(part(v1::Query::kClosedFieldNumber))) continue;
    if (answers != nullptr &&
        IsSaid(answers->Find(Path::Entry(v1::Answers::kAnswersFieldNumber, key,
                                         v1::Answer::kResolutionFieldNumber, Kind::kReg)))) {
      continue;
    }
    const Cell* about = part(v1::Query::kElementFieldNumber);
    if (about == nullptr || about->siblings.empty()) open.all = true;
    if (about == nullptr) continue;
    for (const core::Sibling& sibling : about->siblings) {
      const uint64_t element = NumberIn(sibling.value);
      if (element == 0) open.all = true;
      if (element != 0 && element < kElements) {
        open.elements.push_back(static_cast<uint16_t>(element));
      }
    }
  }
  return open;
}

}  // namespace halfterm::sync
