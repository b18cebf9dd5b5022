#include "tools/reading.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/half_term_name.h"
#include "tools/replay/connection.h"
#include "tools/replay/ids.h"
#include "tools/school_calls.h"

namespace halfterm::tools {
namespace {

absl::StatusOr<std::string> RubricMeant(const sync::Directory& directory,
                                        const std::string& words) {
  if (words.empty()) return std::string();
  if (const auto id = ParseUuid(words)) return Bytes(*id);
  for (const v1::RubricVersion& rubric : directory.content().rubrics) {
    if (rubric.version() == words || rubric.title() == words) return rubric.id();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--rubric: \"", words, "\" is no rubric version of the school"));
}

}  // namespace

void AddAskerFlag(CLI::App& command, ReadingFlags& flags) {
  command.add_option("--as", flags.as, "Who asks: name, staff code or id; they see what they may")
      ->required()
      ->type_name("PERSON");
}

void AddRubricFlag(CLI::App& command, ReadingFlags& flags) {
  command.add_option("--rubric", flags.rubric, "A rubric version, if there are several")
      ->type_name("VERSION");
}

void AddReadingFlags(CLI::App& command, ReadingFlags& flags) {
  AddAskerFlag(command, flags);
  command
      .add_option("--half-term", flags.half_term, "Such as \"Autumn 1 2026\"; today's if not said")
      ->type_name("ID");
  AddRubricFlag(command, flags);
}

absl::StatusOr<const v1::Org*> Reader::OrgFor(const std::string& words, bool departments) const {
  if (!words.empty()) return OrgMeant(directory.content(), words);
  const auto id = core::Id16::FromBytes(person->id());
  std::set<std::string> led;
  for (const v1::RoleGrant* grant : directory.GrantsOf(id.value_or(core::Id16{}))) {
    const bool leads_school = grant->role() == v1::ROLE_SLT || grant->role() == v1::ROLE_HEAD;
    if ((departments && grant->role() == v1::ROLE_HOD) || (!departments && leads_school)) {
      led.insert(grant->org());
    }
  }
  if (!departments && led.empty()) {
    for (const v1::Org& org : directory.content().orgs) {
      if (org.kind() == v1::ORG_KIND_SCHOOL || org.kind() == v1::ORG_KIND_SITE) {
        led.insert(org.id());
      }
    }
  }
  if (led.size() == 1) {
    const auto only = core::Id16::FromBytes(*led.begin());
    const v1::Org* org = only ? directory.Org(*only) : nullptr;
    if (org != nullptr) return org;
  }
  return absl::NotFoundError(departments ? "which department? Name it" : "which school? Name it");
}

absl::StatusOr<std::unique_ptr<Reader>> BeginReading(Invocation& invocation,
                                                     const ReadingFlags& flags) {
  const absl::StatusOr<std::string> school = SchoolMeant(invocation);
  if (!school.ok()) return school.status();
  uint32_t h2 = 0;
  if (!flags.half_term.empty()) {
    const std::optional<uint32_t> parsed = ParseHalfTerm(flags.half_term);
    if (!parsed) {
      return absl::InvalidArgumentError(
          absl::StrCat("--half-term: \"", flags.half_term, "\" is none such as \"Autumn 1 2026\""));
    }
    h2 = *parsed;
  }
  absl::StatusOr<sync::Directory::Content> content = FetchDirectory(invocation.admin, *school);
  if (!content.ok()) return content.status();
  auto reader = std::make_unique<Reader>(
      Reader{sync::Directory(*std::move(content)), nullptr, {}, h2, {}, nullptr});
  const absl::StatusOr<const v1::Person*> person =
      PersonMeant(reader->directory.content(), flags.as);
  if (!person.ok()) return person.status();
  reader->person = *person;
  absl::StatusOr<std::string> rubric = RubricMeant(reader->directory, flags.rubric);
  if (!rubric.ok()) return rubric.status();
  reader->rubric = *std::move(rubric);
  absl::StatusOr<std::string> token = TokenOf(invocation.admin, *school, **person);
  if (!token.ok()) return token.status();
  reader->token = *std::move(token);
  reader->summaries = v1::Summaries::NewStub(OpenChannel(invocation.server));
  return reader;
}

int FailReading(Invocation& invocation, const absl::Status& why) {
  if (absl::IsInvalidArgument(why)) {
    invocation.Fail("wrong usage", why);
    return kExitUsage;
  }
  if (absl::IsNotFound(why)) {
    return invocation.Fail("nothing to show", why,
                           "What does not exist and what this person may not see look the same.");
  }
  return invocation.Fail("the figures could not be had", why);
}

}  // namespace halfterm::tools
