// What the subcommands ask of a running server: its directory on the admin port, and summaries on
// the public port, as somebody.

#ifndef HALFTERM_TOOLS_SCHOOL_CALLS_H_
#define HALFTERM_TOOLS_SCHOOL_CALLS_H_
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "halfterm/v1/directory.grpc.pb.h"
#include "sync/directory.h"
#include "tools/command.h"

namespace halfterm::tools {

// Everything that a school's directory lists. NotFound: there is no such school.
absl::StatusOr<sync::Directory::Content> FetchDirectory(const std::string& admin_address,
                                                        const std::string& school);

// The school that is meant: the one that was named, or the only one of `names`.
// InvalidArgument: none was named.
absl::StatusOr<std::string> SchoolMeant(const Invocation& invocation);

// Somebody, by id, staff code, identifier of the roster, or name (in any case). NotFound: nobody,
// or several, who are then named.
absl::StatusOr<const v1::Person*> PersonMeant(const sync::Directory::Content& content,
                                              const std::string& words);
// An organisation, by id, identifier of the roster, or name. Errors as above.
absl::StatusOr<const v1::Org*> OrgMeant(const sync::Directory::Content& content,
                                        const std::string& words);

// A token with which the public port answers as that person: an ordinary session, on a tablet that
// stands for this command line.
absl::StatusOr<std::string> TokenOf(const std::string& admin_address, const std::string& school,
                                    const v1::Person& person);

}  // namespace halfterm::tools

#endif  // HALFTERM_TOOLS_SCHOOL_CALLS_H_
