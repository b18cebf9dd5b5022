// The files of the tablet app, as a browser gets them.
//
// All are read into memory once, when the server starts: a request's path is looked up and never
// opened, so no path leads anywhere else, and an app that is built anew while the server runs
// cannot be served half old and half new. A new build is served after a restart.

#ifndef HALFTERM_SERVICE_GATEWAY_APP_FILES_H_
#define HALFTERM_SERVICE_GATEWAY_APP_FILES_H_
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "service/gateway/request.h"
#include "service/gateway/response.h"

namespace halfterm::service {

// Safe to call from any thread.
class AppFiles {
 public:
  // Of a folder with index.html in it. Files whose names a path cannot spell are left out. NAME.gz
  // and NAME.br are copies of NAME; a text without either gets a copy in gzip here.
  // NotFound: no index.html; Unavailable: a file cannot be read; both name it.
  static absl::StatusOr<AppFiles> Load(const std::string& folder);
  // Where there is no app: every page says how to build one.
  static AppFiles Missing();

  // Where the app is looked for when nobody says: beside the program, where a package installs it,
  // and where a build folder has it. Empty: nowhere.
  static std::string Find(const std::string& program);

  // For GET and HEAD (which has the same body; it is for the caller not to send it). A page of the
  // app's own routes, a path without a dot, is index.html. 200, 304, 404; 503 where there is no
  // app.
  WebAnswer Get(const Request& request) const;

  size_t count() const { return files_.size(); }

 private:
  struct Copy {
    std::shared_ptr<const std::string> bytes;
    std::string etag;
  };
  struct File {
    std::string type;
    bool is_immutable = false;
    std::map<std::string, Copy> copies;  // By content coding: "", "gzip", "br".
  };

  std::map<std::string, File, std::less<>> files_;  // By path, "/index.html".
};

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_GATEWAY_APP_FILES_H_
