// Who one person is to the tables of who may read: the groups that their role opens, and the row of
// "Who leads a teacher" that decides who their leaders are.

#ifndef HALFTERM_TESTS_MATRIX_READERS_H_
#define HALFTERM_TESTS_MATRIX_READERS_H_
#include <set>
#include <string>

#include "tests/matrix/school.h"

namespace halfterm::testing {

// The groups that the person's role opens, where it reaches the record.
struct Subject {
  std::set<std::string> groups;
  bool has_pages = true;  // Reads what names them.
};

inline Subject SubjectOf(v1::Role role, bool reaches) {
  Subject subject;
  for (const std::string& group : PartsOf(Tables().opening.Row({RoleName(role)})[1])) {
    if (group == "-") continue;
    if (reaches) subject.groups.insert(group);
    // Whoever leads a school anywhere is led by the heads.
    if (group == "senior leaders") subject.groups.insert("senior leaders any");
  }
  subject.has_pages = role != v1::ROLE_GOVERNOR;
  return subject;
}

// The row of "Who leads a teacher". Where the person of the cell is that teacher, their own role
// decides.
inline const char* LeadingRow(bool has_teacher, bool is_oneself, const Subject& subject,
                              TeacherIs teacher_is) {
  const char* const heads = "is a senior leader or a head";
  const char* const seniors = "heads the department of the lesson";
  if (!has_teacher) return "is nobody: a visit to a department";
  if (is_oneself) {
    if (subject.groups.count("senior leaders any") > 0) return heads;
    return subject.groups.count("head of department") > 0 ? seniors : "is anybody else";
  }
  if (teacher_is == TeacherIs::kAnybody) return "is anybody else";
  return teacher_is == TeacherIs::kHeadOfDepartment ? seniors : heads;
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_MATRIX_READERS_H_
