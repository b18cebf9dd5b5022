// What a test finds that tries every case against the cell of a table that speaks of it.

#ifndef HALFTERM_TESTS_MATRIX_COMPARISON_H_
#define HALFTERM_TESTS_MATRIX_COMPARISON_H_
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/matrix/tables.h"

namespace halfterm::testing {

class Comparison {
 public:
  // One case: what its cell says, and whether the code says so too. `words()` name the case; they
  // are asked for where it differs.
  template <typename Words>
  void Compare(const std::string& cell, bool says_yes, bool is_same, const Words& words) {
    ++cases_;
    ++said_[&cell][says_yes ? 1 : 0];
    if (!is_same && differences_++ < kMostTold) told_ += "\n  " + words();
  }

  size_t cases() const { return cases_; }

  void ExpectNoDifference() const { EXPECT_EQ(differences_, 0u) << told_; }
  // That whatever cell were written otherwise, some case would notice: each said no to somebody,
  // and yes to somebody where it names anybody. A cell `of_everybody` may say no to nobody.
  void ExpectEveryCellMattered(const Table& table, size_t first_column,
                               const std::string& of_everybody = "") {
    for (const std::vector<std::string>& row : table.rows()) {
      std::string name;
      for (size_t i = 0; i < first_column; ++i) name += row[i] + ": ";
      for (size_t i = first_column; i < row.size(); ++i) {
        const std::array<size_t, 2>& said = said_[&row[i]];
        if (of_everybody.empty() || row[i] != of_everybody) {
          EXPECT_GT(said[0], 0u) << name << row[i];
        }
        EXPECT_EQ(said[1] > 0, row[i] != "nobody") << name << row[i];
      }
    }
  }

 private:
  static constexpr size_t kMostTold = 10;

  size_t cases_ = 0, differences_ = 0;
  std::string told_;
  // By cell of the table: how often it said no, and yes.
  std::unordered_map<const std::string*, std::array<size_t, 2>> said_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_MATRIX_COMPARISON_H_
