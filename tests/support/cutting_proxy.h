// Stands between libpq and PostgreSQL, and cuts a connection at a message that a test chooses.

#ifndef HALFTERM_TESTS_SUPPORT_CUTTING_PROXY_H_
#define HALFTERM_TESTS_SUPPORT_CUTTING_PROXY_H_
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temporary_directory.h"

namespace halfterm::testing {

// Safe to call from any thread. Made after the PostgreSQL behind it, and gone before.
class CuttingProxy {
 public:
  // Takes connections in a folder of its own for the socket in `server_folder`.
  explicit CuttingProxy(const std::string& server_folder);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  const std::string& folder() const { return directory_.path(); }

  enum class Cut {
    kBefore,  // The message does not arrive.
    kAfter,   // It arrives and is carried out; nothing that is said to it comes back.
  };
  enum class Then {
    kGoOn,    // A new connection is as good as any.
    kRefuse,  // Nobody comes through any more, until the next CutAt.
  };
  // Cuts at the n-th message of a client from now on, n from 1 and 0 for never; of all connections
  // together. The first that a connection says is its first message.
  void CutAt(uint64_t n, Cut cut, Then then = Then::kGoOn);
  // The same of the n-th message that has `text` in it.
  void CutAtText(const std::string& text, uint64_t n, Cut cut, Then then);
  // The same of the n-th message that a connection says after one of its own that has `text` in it:
  // whatever other connections say meanwhile.
  void CutAfterText(const std::string& text, uint64_t n, Cut cut, Then then = Then::kGoOn);
  // The n-th message was reached.
  bool has_cut() const;
  // Waits until it is. False: it never will be, because of StopCutting.
  bool AwaitCut();
  // From now on CutAt does nothing, and nobody waits for a cut.
  void StopCutting();
  // Messages of clients since the last CutAt.
  uint64_t messages() const;

 private:
  void Accept();
  void Serve(int client);
  // Whether this message is the one, and how it is cut. `since`: messages of its connection since
  // the text of CutAfterText.
  bool IsTheOne(const std::string& message, std::optional<uint64_t>& since, Cut& cut);
  bool IsRefusing() const;

  const TemporaryDirectory directory_ = TemporaryDirectory::ForSocket();
  const std::string server_;
  int listener_ = -1;
  int wake_ = -1;  // Readable once all is to end.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t messages_ = 0, cut_at_ = 0;  // Guarded by mutex_, and so are:
  bool is_after_ = false;               // The text, and of its connection.
  std::string text_;
  Cut cut_ = Cut::kBefore;
  Then then_ = Then::kGoOn;
  bool has_cut_ = false, stopped_ = false;
  std::vector<std::thread> links_;
  std::thread acceptor_;  // Last: it uses all of the above.
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_CUTTING_PROXY_H_
