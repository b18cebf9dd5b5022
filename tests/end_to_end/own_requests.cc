#include "tests/end_to_end/own_requests.h"

#include "halfterm/v1/aggregate.pb.h"
#include "halfterm/v1/audit.pb.h"
#include "halfterm/v1/disposition.pb.h"
#include "halfterm/v1/open_doors.pb.h"
#include "halfterm/v1/practice.pb.h"
#include "halfterm/v1/recovery.pb.h"
#include "halfterm/v1/summary.pb.h"
#include "halfterm/v1/sync.pb.h"
#include "sync/core/facet.h"
#include "tests/support/small_school.h"

namespace halfterm::testing {
namespace {

using All = std::map<std::string, OwnRequest>;

constexpr auto kNothing = [](auto&, const Chance&) {};

template <class Request, class Fill>
void Add(All& all, const char* name, Request request, Fill fill) {
  all[name] = [request, fill](const Chance& chance) {
    auto made = std::make_unique<Request>(request);
    fill(*made, chance);
    return made;
  };
}

void AddSync(const OwnNames& own, All& all) {
  Add(all, "Sync.Hello", v1::HelloRequest(), [own](auto& q, const Chance& chance) {
    q.set_device(own.device);
    q.set_epoch(own.epoch);
    if (chance(2) == 0) q.set_cursor(own.cursor);
    q.add_stores()->set_replica(own.replica);
  });
  Add(all, "Sync.Watch", v1::WatchRequest(),
      [own](auto& q, const Chance&) { q.set_cursor(own.cursor); });
  Add(all, "Sync.Fetch", v1::FetchRequest(),
      [own](auto& q, const Chance&) { q.add_records(own.visit); });
  Add(all, "Sync.Descend", v1::DescendRequest(), [own](auto& q, const Chance& chance) {
    q.mutable_scope()->set_type(3);
    q.mutable_scope()->set_id(own.maths);
    q.set_period(static_cast<uint32_t>(chance(2) * SmallSchool::kAutumn1));
    // after_record is where to go on, whether or not there is such a record: it names nothing.
  });
  Add(all, "Sync.Confirm", v1::ConfirmRequest(), [own](auto& q, const Chance&) {
    q.set_cursor(own.cursor);
    v1::ScopeDigest& held = *q.add_held();
    held.mutable_scope()->set_type(3);
    held.mutable_scope()->set_id(own.maths);
    held.set_digest(std::string(32, '\0'));
  });
  Add(all, "Recovery.Offer", v1::OfferRequest(), [own](auto& q, const Chance&) {
    v1::OfferedFacet& facet = *q.add_facets();
    facet.set_facet(own.visit + std::string(1, static_cast<char>(core::kPlan)) +
                    std::string(16, '\0'));
    facet.set_digest(std::string(32, 'd'));
  });
  Add(all, "Recovery.Refill", v1::RefillRequest(), [own](auto& q, const Chance&) {
    v1::RefilledFacet& facet = *q.add_facets();
    facet.set_facet(own.visit + std::string(1, static_cast<char>(core::kPlan)) +
                    std::string(16, '\0'));
    facet.set_epoch(own.epoch);
    facet.set_seq(3);
    facet.set_state("x");
    facet.set_receipt(std::string(16, 'r'));
    q.set_epoch(own.epoch);
  });
}

void AddPages(const OwnNames& own, All& all) {
  const auto org = [own](const Chance& chance) { return chance(2) == 0 ? own.site : own.maths; };
  Add(all, "Summaries.Teacher", v1::TeacherRequest(), [own](auto& q, const Chance& chance) {
    q.set_teacher(own.tia);
    if (chance(2) == 0) q.set_rubric_version(own.rubric);
    q.set_with_lessons(true);
  });
  Add(all, "Summaries.Department", v1::DepartmentRequest(), [own](auto& q, const Chance& chance) {
    q.set_department(own.maths);
    if (chance(2) == 0) q.set_rubric_version(own.rubric);
    q.set_with_teachers(true);
  });
  Add(all, "Summaries.School", v1::SchoolRequest(), [own](auto& q, const Chance& chance) {
    q.set_school(own.site);
    if (chance(2) == 0) q.set_rubric_version(own.rubric);
    q.set_with_departments(true);
  });
  Add(all, "Summaries.Coverage", v1::CoverageRequest(), [own, org](auto& q, const Chance& chance) {
    q.set_org(org(chance));
    if (chance(2) == 0) q.set_rule(own.rule);
  });
  Add(all, "Practice.Load", v1::LoadRequest(), [own, org](auto& q, const Chance& chance) {
    chance(2) == 0 ? q.set_person(own.tia) : q.set_org(org(chance));
  });
  Add(all, "Practice.Trends", v1::TrendsRequest(), [own](auto& q, const Chance& chance) {
    const uint64_t which = chance(3);
    which == 0   ? q.set_teacher(own.tia)
    : which == 1 ? q.set_department(own.maths)
                 : q.set_school(own.site);
  });
  Add(all, "Practice.Changes", v1::ChangesRequest(), [own, org](auto& q, const Chance& chance) {
    chance(2) == 0 ? q.set_teacher(own.tia) : q.set_org(org(chance));
    q.set_since_seq(1);
  });
  Add(all, "Practice.HeatMap", v1::HeatMapRequest(), [own](auto& q, const Chance& chance) {
    q.set_school(own.site);
    if (chance(2) == 0) q.set_rubric_version(own.rubric);
  });
  Add(all, "Practice.WeeklyPack", v1::WeeklyPackRequest(),
      [own, org](auto& q, const Chance& chance) { q.set_org(org(chance)); });
  Add(all, "Practice.Cycle", v1::CycleRequest(), [own, org](auto& q, const Chance& chance) {
    q.set_org(org(chance));
    if (chance(2) == 0) q.set_cycle(own.cycle);
  });
  Add(all, "Practice.Helping", v1::HelpingRequest(), [own](auto& q, const Chance& chance) {
    q.set_view(static_cast<v1::HelpView>(1 + chance(3)));
  });
  Add(all, "Practice.Agreement", v1::AgreementRequest(), [own](auto& q, const Chance& chance) {
    q.set_school(own.site);
    if (chance(2) == 0) q.set_rubric_version(own.rubric);
  });
  Add(all, "Practice.Management", v1::ManagementRequest(),
      [own, org](auto& q, const Chance& chance) { q.set_org(org(chance)); });
  Add(all, "Aggregates.FrozenSchool", v1::FrozenSchoolRequest(),
      [own](auto& q, const Chance& chance) {
        q.set_school(own.site);
        if (chance(2) == 0) q.set_h2(SmallSchool::kAutumn1);
      });
  Add(all, "Aggregates.FrozenFederation", v1::FrozenFederationRequest(),
      [own](auto& q, const Chance&) {
        q.set_org(own.federation);
        q.set_h2(SmallSchool::kAutumn1);
      });
  Add(all, "Audit.AboutMe", v1::AboutMeRequest(), kNothing);
  Add(all, "Keeping.Counts", v1::CountsRequest(), kNothing);
  Add(all, "Keeping.Kept", v1::KeptRequest(), kNothing);
  Add(all, "Keeping.Own", v1::OwnRequest(), kNothing);
}

void AddDoors(const OwnNames& own, All& all) {
  Add(all, "OpenDoors.ListDoors", v1::ListDoorsRequest(), kNothing);
  Add(all, "OpenDoors.OpenDoor", v1::OpenDoorRequest(), [own](auto& q, const Chance&) {
    q.set_door(own.own_door);
    q.set_lesson_start_ms(own.tomorrow_ms);
    q.set_minutes(50);
    q.set_places(2);
  });
  Add(all, "OpenDoors.TakePlace", v1::TakePlaceRequest(),
      [own](auto& q, const Chance&) { q.set_door(own.door); });
  Add(all, "OpenDoors.GiveUpPlace", v1::GiveUpPlaceRequest(),
      [own](auto& q, const Chance&) { q.set_door(own.door); });
  Add(all, "OpenDoors.CloseDoor", v1::CloseDoorRequest(),
      [own](auto& q, const Chance&) { q.set_door(own.own_door); });
}

void AddAccounts(const OwnNames& own, All& all) {
  Add(all, "Accounts.Challenge", v1::ChallengeRequest(), kNothing);
  Add(all, "Accounts.Enrol", v1::EnrolRequest(),
      [own](auto& q, const Chance&) { q = own.enrolment(); });
  Add(all, "Accounts.SignIn", v1::SignInRequest(), [own](auto& q, const Chance& chance) {
    q.set_school("northgate");
    *q.mutable_proof() = own.entering_proof();
    const uint64_t how = chance(3);
    if (how == 0) {
      q.mutable_passphrase()->set_sign_in_name(own.sign_in_name);
      q.mutable_passphrase()->set_passphrase(own.passphrase);
    } else if (how == 1) {
      q.mutable_invitation()->mutable_invitation()->set_secret(own.secret);
      q.mutable_invitation()->set_new_passphrase(own.other_passphrase);
    } else {
      q.mutable_ticket()->set_ticket(own.ticket);
      q.mutable_ticket()->set_new_passphrase(own.other_passphrase);
    }
  });
  Add(all, "Accounts.BeginProviderSignIn", v1::BeginProviderSignInRequest(),
      [own](auto& q, const Chance& chance) {
        q.set_school("northgate");
        *q.mutable_proof() = own.entering_proof();
        chance(2) == 0 ? q.set_ticket(own.ticket) : q.mutable_invitation()->set_secret(own.secret);
      });
  Add(all, "Accounts.FinishProviderSignIn", v1::FinishProviderSignInRequest(),
      [own](auto& q, const Chance&) {
        q.set_school("northgate");
        *q.mutable_proof() = own.entering_proof();
        q.set_state("a state");
        q.set_code("a code");
      });
  Add(all, "Accounts.RenewSession", v1::RenewSessionRequest(),
      [own](auto& q, const Chance&) { *q.mutable_proof() = own.joined_proof(); });
  Add(all, "Accounts.SignOut", v1::SignOutRequest(), kNothing);
  Add(all, "Accounts.SetPassphrase", v1::SetPassphraseRequest(), [own](auto& q, const Chance&) {
    q.set_old_passphrase(own.passphrase);
    q.set_new_passphrase(own.other_passphrase);
  });
  Add(all, "Accounts.ListSessions", v1::ListSessionsRequest(),
      [own](auto& q, const Chance&) { q.set_person(own.tia); });
  Add(all, "Accounts.EndSession", v1::EndSessionRequest(),
      [own](auto& q, const Chance&) { q.set_session(own.session_to_end); });
  Add(all, "Accounts.ListTablets", v1::ListTabletsRequest(), kNothing);
  Add(all, "Accounts.EndTablet", v1::EndTabletRequest(),
      [own](auto& q, const Chance&) { q.set_device(own.device_to_end); });
  Add(all, "Accounts.Invite", v1::InviteRequest(),
      [own](auto& q, const Chance&) { q.set_person(own.tia); });
  Add(all, "Accounts.Courier", v1::CourierRequest(), [own](auto& q, const Chance&) {
    q.set_school("northgate");
    *q.mutable_proof() = own.joined_proof();
    q.set_epoch(own.epoch);
    v1::SealedStore& sealed = *q.add_stores();
    sealed.set_replica(own.replica);
    sealed.set_last_n(1);
    sealed.set_sealed_by(own.device);
  });
}

}  // namespace

std::map<std::string, OwnRequest> OwnRequests(const OwnNames& own) {
  All all;
  AddSync(own, all);
  AddPages(own, all);
  AddDoors(own, all);
  AddAccounts(own, all);
  return all;
}

}  // namespace halfterm::testing
