#include "storage/aggregates/attacker.h"

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

namespace halfterm::storage {
namespace {

using core::Id16;

constexpr uint64_t kPrime = 1'000'000'007;

uint64_t Power(uint64_t base, uint64_t exponent) {
  uint64_t power = 1;
  for (; exponent > 0; exponent >>= 1, base = base * base % kPrime) {
    if (exponent & 1) power = power * base % kPrime;
  }
  return power;
}

using Matrix = std::vector<std::vector<uint64_t>>;

size_t RankOf(Matrix rows) {
  size_t rank = 0;
  const size_t columns = rows.empty() ? 0 : rows.front().size();
  for (size_t column = 0; column < columns && rank < rows.size(); ++column) {
    size_t pivot = rank;
    while (pivot < rows.size() && rows[pivot][column] == 0) ++pivot;
    if (pivot == rows.size()) continue;
    std::swap(rows[pivot], rows[rank]);
    const uint64_t inverse = Power(rows[rank][column], kPrime - 2);
    for (size_t row = 0; row < rows.size(); ++row) {
      if (row == rank || rows[row][column] == 0) continue;
      const uint64_t factor = rows[row][column] * inverse % kPrime;
      for (size_t i = column; i < columns; ++i) {
        rows[row][i] = (rows[row][i] + (kPrime - factor) * rows[rank][i]) % kPrime;
      }
    }
    ++rank;
  }
  return rank;
}

}  // namespace

void Attacker::Read(const disk::FrozenAttribute& table) {
  const disk::FrozenVersion& version = table.versions(table.versions_size() - 1);
  for (const disk::FrozenMark& mark : table.departments()) {
    if (mark.shown()) Add(SharesOf(version, *Id16::FromBytes(mark.department())));
  }
  if (table.total_shown()) Add(SharesOf(version));
}

bool Attacker::Wins() const {
  for (int part = 0; part < kParts; ++part) {
    if (WinsBy(static_cast<Part>(part))) return true;
  }
  return false;
}

void Attacker::Add(const Shares& shares) {
  Shares unknown;
  for (const disk::FrozenShare* share : shares) {
    if (share->department() != insider_) unknown.push_back(share);
  }
  for (int part = 0; part < kParts; ++part) {
    std::set<Unknown> figure;
    for (const disk::FrozenShare* share : unknown) {
      figure.insert({share->teacher(), part == kPresence ? 1
                                       : part == kWeight ? static_cast<int64_t>(share->weight())
                                                         : share->values(0)});
    }
    figures_[part].insert(std::move(figure));
  }
}

bool Attacker::WinsBy(Part part) const {
  // By unknown: in which figures it is. Unknowns that look alike are one column.
  std::map<Unknown, std::string> look_of;
  size_t at = 0;
  for (const std::set<Unknown>& figure : figures_[part]) {
    for (const Unknown& unknown : figure) {
      look_of.try_emplace(unknown, std::string(figures_[part].size(), '0')).first->second[at] = '1';
    }
    ++at;
  }
  std::map<std::string, std::set<std::string>> columns;     // By look: whose.
  std::map<std::string, std::multiset<std::string>> looks;  // By teacher.
  for (const auto& [unknown, look] : look_of) {
    columns[look].insert(unknown.teacher);
    looks[unknown.teacher].insert(look);
  }
  // Teachers who stand alike in every figure can only be had together.
  std::map<std::multiset<std::string>, std::set<std::string>> classes;
  for (const auto& [teacher, look] : looks) classes[look].insert(teacher);
  std::vector<std::set<std::string>> alike;
  for (auto& [look, teachers] : classes) {
    if (teachers.size() < enough_) alike.push_back(teachers);
  }
  const auto rank_without = [&columns](const std::set<std::string>& few) {
    Matrix rows;
    for (const auto& [look, teachers] : columns) {
      if (std::includes(few.begin(), few.end(), teachers.begin(), teachers.end())) continue;
      std::vector<uint64_t>& row = rows.emplace_back();  // Transposed: the rank is the same.
      for (const char in : look) row.push_back(in == '1' ? 1 : 0);
    }
    return RankOf(std::move(rows));
  };
  const size_t rank = rank_without({});
  // Some of the classes, together fewer teachers than are enough: is there a combination that is
  // about them and nobody else? Then the other columns alone have a smaller rank.
  const std::function<bool(size_t, const std::set<std::string>&)> try_from =
      [&](size_t from, const std::set<std::string>& few) {
        if (!few.empty() && rank_without(few) < rank) return true;
        for (size_t next = from; next < alike.size(); ++next) {
          std::set<std::string> more = few;
          more.insert(alike[next].begin(), alike[next].end());
          if (more.size() < enough_ && try_from(next + 1, more)) return true;
        }
        return false;
      };
  return try_from(0, {});
}

}  // namespace halfterm::storage
