// One school, one visit, and one person whose role and place in the visit are what a cell of the
// matrix says: the facts behind every cell.

#ifndef HALFTERM_TESTS_MATRIX_SCHOOL_H_
#define HALFTERM_TESTS_MATRIX_SCHOOL_H_
#include <string>
#include <vector>

#include "halfterm/v1/observation.pb.h"
#include "sync/core/audience.h"
#include "sync/directory.h"
#include "tests/matrix/tables.h"
#include "tests/support/small_school.h"
#include "tests/support/visit_writer.h"

namespace halfterm::testing {

// What somebody is to the visit.
enum class Place { kNobody, kObserver, kLead, kTeacher, kReader, kStray, kLeadOfOneself };
inline constexpr Place kPlaces[] = {Place::kNobody,  Place::kObserver, Place::kLead,
                                    Place::kTeacher, Place::kReader,   Place::kStray};
inline const char* NameOf(Place place) {
  const char* const names[] = {"nobody", "observer",        "lead", "teacher", "reader",
                               "stray",  "lead of themself"};
  return names[static_cast<int>(place)];
}

// "ROLE_HOD" as HOD, "VISIT_KIND_DEPT" as DEPT.
inline std::string RoleName(v1::Role role) { return v1::Role_Name(role).substr(5); }
inline std::string KindName(core::VisitKind kind) {
  return v1::VisitKind_Name(static_cast<v1::VisitKind>(kind)).substr(11);
}

// Who leads the teacher; the rows of "Who leads a teacher".
enum class TeacherIs { kAnybody, kHeadOfDepartment, kSeniorLeader, kHead };

struct MatrixSchool : SmallSchool {
  const core::Id16 east = IdNumber(60), science = IdNumber(61);  // Another site, its department.
  const core::Id16 review = IdNumber(62), other_review = IdNumber(63);
  const core::Id16 one = IdNumber(70);  // The person of the cell; teaches maths.
  // The visit's own people where `one` is not: its lead, teacher, and somebody let in.
  const core::Id16 lead = IdNumber(71), teacher = IdNumber(72), reader = IdNumber(73);

  MatrixSchool() {
    AddOrg(east, v1::ORG_KIND_SITE, {}, "Eastgate");
    AddOrg(science, v1::ORG_KIND_DEPARTMENT, east, "Science");
    AddPerson(one, "One", {maths});
    AddPerson(lead, "Lead", {maths});
    AddPerson(teacher, "Teacher", {maths});
    AddPerson(reader, "Reader", {art});
    AddGrant(lead, v1::ROLE_HOD, maths).set_state(v1::GRANT_STATE_LIVE);
  }

  void MakeTeacher(TeacherIs is) {
    if (is == TeacherIs::kHeadOfDepartment) AddGrant(teacher, v1::ROLE_HOD, maths);
    if (is == TeacherIs::kSeniorLeader) AddGrant(teacher, v1::ROLE_SLT, site);
    if (is == TeacherIs::kHead) AddGrant(teacher, v1::ROLE_HEAD, site);
  }

  // Where a role is held so that it reaches the visit, or elsewhere.
  core::Id16 OrgOf(v1::Role role, bool reaches) const {
    switch (role) {
      case v1::ROLE_REVIEWER:
      case v1::ROLE_CHAMPION:
      case v1::ROLE_EXTERNAL:
        return reaches ? review : other_review;
      case v1::ROLE_SLT:
      case v1::ROLE_HEAD:
      case v1::ROLE_EXEC:
      case v1::ROLE_GOVERNOR:
      case v1::ROLE_ADMIN:
      case v1::ROLE_DPO:
        return reaches ? site : east;
      default:
        return reaches ? maths : art;
    }
  }
  v1::RoleGrant& Give(v1::Role role, bool reaches) {
    if (role == v1::ROLE_GOVERNOR) person(one).set_type(v1::PERSON_TYPE_GOVERNOR);
    if (role == v1::ROLE_EXTERNAL) person(one).set_type(v1::PERSON_TYPE_EXTERNAL);
    return AddGrant(one, role, OrgOf(role, reaches));
  }
};

// Of a CALIB visit, which its teacher is never told of beforehand, `announced` stands for feedback
// that its teacher asked for.
struct VisitState {
  core::VisitKind kind;
  core::Phase phase;
  bool revealed, announced;
};

// The visit with `one` at that place; as cells, so that what is read out of them is tried too.
class MatrixVisit {
 public:
  MatrixVisit(const MatrixSchool& school, const VisitState& given, Place place)
      : state(given), held_(kRecord) {
    const bool of_oneself = place == Place::kLeadOfOneself;
    lead = place == Place::kLead || of_oneself ? school.one : school.lead;
    const bool names_teacher =
        state.kind != core::VisitKind::kReview && state.kind != core::VisitKind::kGovernor;
    if (names_teacher) {
      teacher = place == Place::kTeacher || of_oneself ? school.one : school.teacher;
    }
    if (state.kind == core::VisitKind::kSelf) {
      if (place == Place::kLead) teacher = school.one;
      lead = teacher;
    }
    observers = {lead};
    if (place == Place::kObserver && state.kind != core::VisitKind::kSelf) {
      observers.push_back(school.one);
    }
    readers = {school.reader};
    if (place == Place::kReader) readers.push_back(school.one);

    using core::Kind;
    using core::Path;
    VisitWriter writer(lead, 1);
    VisitWriter::Values values = {
        {Path::Field(2, Kind::kReg), Number(static_cast<uint64_t>(state.kind))},
        {Path::Field(4, Kind::kReg), BytesOf(school.maths)},
        {Path::Field(5, Kind::kReg), BytesOf(lead)},
        {Path::Field(8, Kind::kReg), Signed(At(2026, 9, 14))}};
    if (!teacher.IsZero()) values.emplace_back(Path::Field(3, Kind::kReg), BytesOf(teacher));
    if (state.announced) {
      const uint16_t field = state.kind == core::VisitKind::kCalib ? 25 : 7;
      values.emplace_back(Path::Field(field, Kind::kReg), Number(1));
    }
    if (state.kind == core::VisitKind::kReview) {
      values.emplace_back(Path::Field(23, Kind::kReg), BytesOf(school.review));
    }
    for (const core::Id16& observer : observers) {
      values.emplace_back(Path::Entry(6, observer, 0, Kind::kElem), "");
    }
    for (const core::Id16& let_in : readers) {
      values.emplace_back(Path::Entry(22, let_in, 0, Kind::kElem), "");
    }
    Visit visit(kRecord);
    writer.Write(visit, visit.Facet(core::kPlan), values);
    visit.SetPhase(visit.Facet(core::kPlan), state.phase.round, state.phase.level,
                   state.phase.withdrawn);
    if (state.revealed) {
      for (const core::Id16& observer : observers) visit.Submit(observer);
    }
    held_ = visit.All();
  }

  sync::RecordView View() const { return held_.View(); }
  core::FacetId Facet(core::FacetClass facet_class, const core::Id16& sub = {}) const {
    return {kRecord, facet_class, sub};
  }
  bool Observes(const core::Id16& person) const {
    return std::find(observers.begin(), observers.end(), person) != observers.end();
  }
  bool Reads(const core::Id16& person) const {
    return std::find(readers.begin(), readers.end(), person) != readers.end();
  }
  bool IsShared() const { return state.phase.round > 0 && state.phase.level >= core::kShared; }

  static inline const core::Id16 kRecord = IdNumber(90);
  const VisitState state;
  core::Id16 lead{}, teacher{};
  std::vector<core::Id16> observers, readers;

 private:
  Held held_;
};

inline std::vector<VisitState> StatesOf(core::VisitKind kind) {
  std::vector<VisitState> states;
  for (uint8_t level = core::kPlanned; level <= core::kClosed; ++level) {
    for (const bool withdrawn : {false, true}) {
      for (const bool revealed : {false, true}) {
        for (const bool announced : {false, true}) {
          // The teacher knows of it by then.
          if (announced && level > core::kDraft && kind != core::VisitKind::kCalib) continue;
          const uint16_t round = level >= core::kShared ? 1 : 0;
          states.push_back({kind, {withdrawn, round, level}, revealed, announced});
        }
      }
    }
  }
  return states;
}

inline std::vector<core::VisitKind> AllKinds() {
  std::vector<core::VisitKind> kinds;
  for (int kind = v1::VisitKind_MIN + 1; kind <= v1::VisitKind_MAX; ++kind) {
    kinds.push_back(static_cast<core::VisitKind>(kind));
  }
  return kinds;
}
inline std::vector<v1::Role> AllRoles() {
  std::vector<v1::Role> roles;
  for (int role = v1::Role_MIN + 1; role <= v1::Role_MAX; ++role) {
    roles.push_back(static_cast<v1::Role>(role));
  }
  return roles;
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_MATRIX_SCHOOL_H_
