// Who asks: somebody of each role, here or elsewhere, about others and about themself; and what
// tests/matrix/calls.md says of them.

#ifndef HALFTERM_TESTS_MATRIX_ASKERS_H_
#define HALFTERM_TESTS_MATRIX_ASKERS_H_
#include <string>
#include <vector>

#include "tests/matrix/school.h"

namespace halfterm::testing {

inline const Table& Calls() {
  static const Table table("calls.md", {"call", "about"});
  return table;
}

// Somebody of that role, there or elsewhere.
struct Asker {
  v1::Role role;
  bool reaches, is_teacher;
  TeacherIs teacher_is;

  // The directory of a school in which `school.one` is this person.
  sync::Directory InSchool(MatrixSchool& school) const {
    school.MakeTeacher(teacher_is);
    school.Give(role, reaches);
    return school.Made();
  }
  std::string Words() const {
    return RoleName(role) + (reaches ? " here" : " elsewhere") +
           (is_teacher ? " as the teacher" : "") + " " +
           std::to_string(static_cast<int>(teacher_is));
  }
};

inline std::vector<Asker> AllAskers() {
  std::vector<Asker> askers;
  for (const v1::Role role : AllRoles()) {
    for (const bool reaches : {true, false}) {
      for (const TeacherIs is : {TeacherIs::kAnybody, TeacherIs::kHeadOfDepartment,
                                 TeacherIs::kSeniorLeader, TeacherIs::kHead}) {
        askers.push_back({role, reaches, false, is});
      }
      askers.push_back({role, reaches, true, TeacherIs::kAnybody});
    }
  }
  return askers;
}

// Whether the asker is who the words name.
inline bool IsNamed(const std::string& who, const Asker& asker) {
  const bool hod = asker.role == v1::ROLE_HOD, head = asker.role == v1::ROLE_HEAD;
  const bool senior = head || asker.role == v1::ROLE_SLT;
  if (who == "own") return true;
  if (who == "staff") return asker.role != v1::ROLE_GOVERNOR && asker.role != v1::ROLE_EXTERNAL;
  if (who == "the teacher") return asker.is_teacher && asker.role != v1::ROLE_GOVERNOR;
  if (who == "head of department") return hod && asker.reaches;
  if (who == "senior leaders") return senior && asker.reaches;
  if (who == "leaders") {
    if (!asker.reaches || asker.is_teacher) return false;
    if (asker.teacher_is == TeacherIs::kAnybody) return hod || senior;
    return asker.teacher_is == TeacherIs::kHeadOfDepartment ? senior : head;
  }
  v1::Role role;
  return v1::Role_Parse("ROLE_" + who, &role) && role == asker.role;
}

inline bool MayCall(const std::string& call, const std::string& about, const Asker& asker) {
  for (const std::string& who : PartsOf(Calls().Row({call, about})[2])) {
    if (IsNamed(who, asker)) return true;
  }
  return false;
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_MATRIX_ASKERS_H_
