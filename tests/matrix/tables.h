// The tables of tests/matrix/*.md, as they are written: what people read there is what the tests
// hold the code to.

#ifndef HALFTERM_TESTS_MATRIX_TABLES_H_
#define HALFTERM_TESTS_MATRIX_TABLES_H_
#include <map>
#include <set>
#include <string>
#include <vector>

namespace halfterm::testing {

// A table whose first columns name a row and whose other columns are its cells.
class Table {
 public:
  // The table of that file whose first heads are these. Ends the test program where there is none.
  Table(const std::string& file, const std::vector<std::string>& first_heads);

  const std::vector<std::string>& heads() const { return heads_; }
  const std::vector<std::vector<std::string>>& rows() const { return rows_; }

  // The row that begins with these cells; ends the test program where there is none, because a cell
  // that nobody wrote down is nobody's to guess.
  const std::vector<std::string>& Row(const std::vector<std::string>& first_cells) const;
  // The cell of such a row in the column whose head has this word among its words.
  const std::string& Cell(const std::vector<std::string>& first_cells,
                          const std::string& word) const;

  // Rows that Row() or Cell() never gave.
  std::vector<std::string> Unused() const;

 private:
  std::string file_;
  std::vector<std::string> heads_;
  std::vector<std::vector<std::string>> rows_;
  std::map<std::string, size_t> by_name_;
  std::map<std::string, size_t> column_of_;
  mutable std::set<size_t> used_;
};

// The tables of who may do what, each read once.
struct MatrixTables {
  const Table reading{"reading.md", {"part", "when"}};
  const Table referral_reading{"reading.md", {"page of a referral", "when"}};
  const Table reviews{"reading.md", {"a cycle's review, or a cell of the management matrix, of"}};
  const Table leading{"reading.md", {"the observed teacher"}};
  const Table opening{"reading.md", {"role"}};  // What a role opens.
  const Table writing{"writing.md", {"part", "when", "page"}};
  const Table referral_writing{"writing.md", {"page of a referral", "when", "page"}};
  const Table who_opens{"writing.md", {"who opens"}};
  const Table planning{"writing.md", {"role"}};
  const Table asking{"asking.md", {"what"}};
};
const MatrixTables& Tables();

// "observers, teacher if announced": the parts between commas, without blanks around them.
std::vector<std::string> PartsOf(const std::string& cell);
std::vector<std::string> WordsOf(const std::string& text);
std::string FileText(const std::string& path);

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_MATRIX_TABLES_H_
