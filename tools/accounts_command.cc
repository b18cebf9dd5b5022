#include "tools/accounts_command.h"

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "halfterm/v1/account.grpc.pb.h"
#include "storage/accounts/invitations.h"
#include "tools/qr.h"
#include "tools/replay/connection.h"
#include "tools/replay/ids.h"
#include "tools/school_calls.h"
#include "tools/table.h"

namespace halfterm::tools {
namespace {

using nlohmann::json;

std::string UuidText(const std::string& bytes) {
  const auto id = core::Id16::FromBytes(bytes);
  return id ? FormatUuid(*id) : "";
}

std::string TimeText(int64_t ms) {
  if (ms == 0) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixMillis(ms), absl::LocalTimeZone());
}

// A call of AccountsAdmin.
template <class Request, class Reply>
using Method = grpc::Status (v1::AccountsAdmin::Stub::*)(grpc::ClientContext*, const Request&,
                                                         Reply*);
template <class Request, class Reply>
absl::StatusOr<Reply> Call(const Invocation& invocation, Method<Request, Reply> method,
                           const Request& request) {
  const auto stub = v1::AccountsAdmin::NewStub(OpenChannel(invocation.admin));
  grpc::ClientContext context;
  PrepareCall(context, "");
  Reply reply;
  const absl::Status status = ToStatus((*stub.*method)(&context, request, &reply));
  if (!status.ok()) return status;
  return reply;
}

// The id of somebody of the school.
absl::StatusOr<std::string> IdOfPerson(const Invocation& invocation, const std::string& school,
                                       const std::string& words) {
  const absl::StatusOr<sync::Directory::Content> directory =
      FetchDirectory(invocation.admin, school);
  if (!directory.ok()) return directory.status();
  const absl::StatusOr<const v1::Person*> person = PersonMeant(*directory, words);
  if (!person.ok()) return person.status();
  return (*person)->id();
}

struct InviteFlags {
  std::string person, sign_in_name, url, png;
};

int RunInvite(Invocation& invocation, const InviteFlags& flags) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) return invocation.Fail("which school is meant", school.status());
  v1::AccountsAdminInviteRequest request;
  request.set_tenant(*school);
  request.mutable_invite()->set_sign_in_name(flags.sign_in_name);
  if (!flags.person.empty()) {
    const absl::StatusOr<std::string> person = IdOfPerson(invocation, *school, flags.person);
    if (!person.ok()) return invocation.Fail("who is meant", person.status());
    request.mutable_invite()->set_person(*person);
  }
  const absl::StatusOr<v1::InviteReply> reply =
      Call(invocation, &v1::AccountsAdmin::Stub::Invite, request);
  if (!reply.ok()) return invocation.Fail("no invitation was made", reply.status());
  const std::string text = storage::QrText(flags.url, reply->school(), reply->secret());
  const absl::StatusOr<QrCode> code = QrOf(text);
  if (!code.ok()) return invocation.Fail("the invitation does not fit a QR code", code.status());
  if (!flags.png.empty()) {
    if (absl::Status written = WritePng(*code, flags.png); !written.ok()) {
      return invocation.Fail("the picture could not be written", written);
    }
  }
  if (invocation.json) {
    json answer = {{"qr", text},
                   {"code", reply->code()},
                   {"school", reply->school()},
                   {"expires_ms", reply->expires_ms()}};
    if (reply->has_person()) {
      answer["person"] = UuidText(reply->person().person());
      answer["sign_in_name"] = reply->person().sign_in_name();
    }
    invocation.out << answer.dump() << "\n";
    return kExitOk;
  }
  if (flags.png.empty()) invocation.out << ForTerminal(*code);
  invocation.out << "Code " << reply->code().substr(0, 5) << "-" << reply->code().substr(5);
  if (reply->has_person()) {
    invocation.out << " for " << reply->person().display_name() << ", who signs in as "
                   << reply->person().sign_in_name();
  } else {
    invocation.out << " for a tablet that belongs to nobody in particular";
  }
  invocation.out << ".\nIt ends at " << TimeText(reply->expires_ms())
                 << " and joins one tablet, once.\n";
  return kExitOk;
}

struct AccountsFlags {
  std::string person, end_session, end_tablet, end_account, begin_account;
};

int EndOne(Invocation& invocation, const v1::AccountsAdminEndRequest& request) {
  const absl::StatusOr<v1::AccountsAdminEndReply> reply =
      Call(invocation, &v1::AccountsAdmin::Stub::End, request);
  if (!reply.ok()) return invocation.Fail("nothing was ended", reply.status());
  if (invocation.json) {
    invocation.out << json{{"sessions", reply->sessions()}}.dump() << "\n";
  } else {
    invocation.out << "Sessions ended: " << reply->sessions() << "\n";
  }
  return kExitOk;
}

int SetOne(Invocation& invocation, const std::string& school, const std::string& words,
           bool ended) {
  const absl::StatusOr<std::string> person = IdOfPerson(invocation, school, words);
  if (!person.ok()) return invocation.Fail("who is meant", person.status());
  v1::SetAccountRequest request;
  request.set_tenant(school);
  request.set_person(*person);
  request.set_ended(ended);
  const absl::StatusOr<v1::SetAccountReply> reply =
      Call(invocation, &v1::AccountsAdmin::Stub::SetAccount, request);
  if (!reply.ok()) return invocation.Fail("the account was not changed", reply.status());
  if (invocation.json) {
    invocation.out << json{{"sessions", reply->sessions()}}.dump() << "\n";
  } else {
    invocation.out << (ended ? "Account ended; sessions ended: "
                             : "Account begun; sessions ended: ")
                   << reply->sessions() << "\n";
  }
  return kExitOk;
}

int ListAccounts(Invocation& invocation, const std::string& school, const std::string& words) {
  const absl::StatusOr<sync::Directory::Content> directory =
      FetchDirectory(invocation.admin, school);
  if (!directory.ok()) {
    return invocation.Fail("the school's directory could not be had", directory.status());
  }
  v1::AccountsAdminListRequest request;
  request.set_tenant(school);
  if (!words.empty()) {
    const absl::StatusOr<const v1::Person*> person = PersonMeant(*directory, words);
    if (!person.ok()) return invocation.Fail("who is meant", person.status());
    request.set_person((*person)->id());
  }
  const absl::StatusOr<v1::AccountsAdminListReply> reply =
      Call(invocation, &v1::AccountsAdmin::Stub::List, request);
  if (!reply.ok()) return invocation.Fail("the accounts could not be had", reply.status());
  std::map<std::string, std::string> names;
  for (const v1::Person& person : directory->people) names[person.id()] = person.display_name();
  if (invocation.json) {
    json answer = {{"sessions", json::array()}, {"tablets", json::array()}};
    for (const v1::SessionInfo& session : reply->sessions()) {
      answer["sessions"].push_back({{"session", UuidText(session.session())},
                                    {"person", UuidText(session.person())},
                                    {"device", UuidText(session.device())},
                                    {"opened_ms", session.opened_ms()},
                                    {"seen_ms", session.seen_ms()},
                                    {"expires_ms", session.expires_ms()}});
    }
    for (const v1::TabletInfo& tablet : reply->tablets()) {
      answer["tablets"].push_back({{"device", UuidText(tablet.device())},
                                   {"label", tablet.label()},
                                   {"enrolled_ms", tablet.enrolled_ms()},
                                   {"seen_ms", tablet.seen_ms()},
                                   {"people", tablet.people()},
                                   {"ended_ms", tablet.ended_ms()}});
    }
    invocation.out << answer.dump() << "\n";
    return kExitOk;
  }
  Table sessions, tablets;
  for (const char* title : {"person", "tablet", "since", "used", "until", "session"}) {
    sessions.AddColumn(title);
  }
  for (const v1::SessionInfo& session : reply->sessions()) {
    sessions.AddRow({names[session.person()], session.device_label(), TimeText(session.opened_ms()),
                     TimeText(session.seen_ms()), TimeText(session.expires_ms()),
                     UuidText(session.session())});
  }
  for (const char* title : {"tablet", "joined", "seen", "people", "out of use", "id"}) {
    tablets.AddColumn(title);
  }
  for (const v1::TabletInfo& tablet : reply->tablets()) {
    tablets.AddRow({tablet.label(), TimeText(tablet.enrolled_ms()), TimeText(tablet.seen_ms()),
                    absl::StrCat(tablet.people()), TimeText(tablet.ended_ms()),
                    UuidText(tablet.device())});
  }
  sessions.Print(invocation.out);
  invocation.out << "\n";
  tablets.Print(invocation.out);
  return kExitOk;
}

int RunAccounts(Invocation& invocation, const AccountsFlags& flags) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) return invocation.Fail("which school is meant", school.status());
  if (!flags.end_account.empty()) return SetOne(invocation, *school, flags.end_account, true);
  if (!flags.begin_account.empty()) return SetOne(invocation, *school, flags.begin_account, false);
  const std::string& ended = flags.end_session.empty() ? flags.end_tablet : flags.end_session;
  if (ended.empty()) return ListAccounts(invocation, *school, flags.person);
  const auto id = ParseUuid(ended);
  if (!id) {
    return invocation.Fail("what is meant", absl::InvalidArgumentError("that is no id"),
                           "`halfterm accounts` lists the ids.");
  }
  v1::AccountsAdminEndRequest request;
  request.set_tenant(*school);
  if (flags.end_session.empty()) {
    request.set_device(Bytes(*id));
  } else {
    request.set_session(Bytes(*id));
  }
  return EndOne(invocation, request);
}

struct ProviderFlags {
  std::string issuer, name, client_id, client_secret_file, redirect_uri, link, subject, unlink;
  bool remove = false;
};

int RunProvider(Invocation& invocation, const ProviderFlags& flags) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) return invocation.Fail("which school is meant", school.status());
  if (!flags.link.empty() || !flags.unlink.empty()) {
    const absl::StatusOr<std::string> person =
        IdOfPerson(invocation, *school, flags.link.empty() ? flags.unlink : flags.link);
    if (!person.ok()) return invocation.Fail("who is meant", person.status());
    v1::LinkSubjectRequest request;
    request.set_tenant(*school);
    request.set_person(*person);
    if (!flags.link.empty()) request.set_subject(flags.subject);
    const auto reply = Call(invocation, &v1::AccountsAdmin::Stub::LinkSubject, request);
    if (!reply.ok()) return invocation.Fail("nothing was linked", reply.status());
  } else {
    v1::SetProviderRequest request;
    request.set_tenant(*school);
    if (!flags.remove) {
      request.set_issuer(flags.issuer);
      request.set_name(flags.name);
      request.set_client_id(flags.client_id);
      request.set_redirect_uri(flags.redirect_uri);
      if (!flags.client_secret_file.empty()) {
        std::ifstream file(flags.client_secret_file);
        if (!file) {
          return invocation.Fail(
              "the client's secret",
              absl::NotFoundError(absl::StrCat("cannot read ", flags.client_secret_file)));
        }
        const std::string secret(std::istreambuf_iterator<char>(file), {});
        request.set_client_secret(std::string(absl::StripAsciiWhitespace(secret)));
      }
    }
    const auto reply = Call(invocation, &v1::AccountsAdmin::Stub::SetProvider, request);
    if (!reply.ok()) return invocation.Fail("the provider was not set", reply.status());
  }
  if (invocation.json) {
    invocation.out << "{}\n";
  } else {
    invocation.out << "Done.\n";
  }
  return kExitOk;
}

template <class Flags>
void RunLater(CLI::App& command, Invocation& invocation, std::shared_ptr<Flags> flags,
              int (*run)(Invocation&, const Flags&)) {
  command.callback([&invocation, flags, run] {
    invocation.run = [&invocation, flags, run] { return run(invocation, *flags); };
  });
}

}  // namespace

void AddInviteCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("invite", "Makes an invitation, as a QR code to show");
  const auto flags = std::make_shared<InviteFlags>();
  command->add_option("--person", flags->person, "Whom; nobody: a tablet for the department")
      ->type_name("NAME");
  command->add_option("--sign-in-name", flags->sign_in_name, "What they will type to sign in")
      ->type_name("NAME");
  command->add_option("--url", flags->url, "Address of the tablet app, to open it with a camera")
      ->type_name("URL");
  command->add_option("--png", flags->png, "Writes the QR code to this file")->type_name("FILE");
  command->footer("Example: halfterm --school riverside invite --person \"Hana Owen\"");
  RunLater(*command, invocation, flags, RunInvite);
}

void AddAccountsCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "accounts", "Lists who is signed in and which tablets there are; ends them");
  const auto flags = std::make_shared<AccountsFlags>();
  command->add_option("--person", flags->person, "Of this person alone")->type_name("NAME");
  command->add_option("--end-session", flags->end_session, "Signs somebody out")->type_name("ID");
  command->add_option("--end-tablet", flags->end_tablet, "Takes a tablet out of use")
      ->type_name("ID");
  command->add_option("--end-account", flags->end_account, "Lets a person in no more")
      ->type_name("NAME");
  command->add_option("--begin-account", flags->begin_account, "Lets a person in again")
      ->type_name("NAME");
  command->footer("Example: halfterm --school riverside accounts --end-account \"Hana Owen\"");
  RunLater(*command, invocation, flags, RunAccounts);
}

void AddProviderCommand(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("provider", "Sets the school's OpenID Connect provider; links people");
  const auto flags = std::make_shared<ProviderFlags>();
  command->add_option("--issuer", flags->issuer, "As the provider's ID tokens name it")
      ->type_name("URL");
  command->add_option("--name", flags->name, "The word on the button")->type_name("NAME");
  command->add_option("--client-id", flags->client_id, "From the provider's console");
  command
      ->add_option("--client-secret-file", flags->client_secret_file,
                   "Holds the secret; without it PKCE alone")
      ->type_name("FILE");
  command->add_option("--redirect-uri", flags->redirect_uri, "Where the tablet app takes over")
      ->type_name("URL");
  command->add_flag("--remove", flags->remove, "People sign in with passphrases alone");
  command->add_option("--link", flags->link, "Links this person to --subject")->type_name("NAME");
  command->add_option("--subject", flags->subject, "The `sub` of their account");
  command->add_option("--unlink", flags->unlink, "Takes this person's links away")
      ->type_name("NAME");
  command->footer(
      "Example: halfterm --school riverside provider --issuer "
      "https://accounts.google.com --client-id ID \\\n"
      "           --client-secret-file FILE --redirect-uri https://halfterm.riverside.example/");
  RunLater(*command, invocation, flags, RunProvider);
}

}  // namespace halfterm::tools
