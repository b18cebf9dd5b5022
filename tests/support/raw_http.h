// A client that says exactly the bytes it is told to, over a socket, and reads what comes back.

#ifndef HALFTERM_TESTS_SUPPORT_RAW_HTTP_H_
#define HALFTERM_TESTS_SUPPORT_RAW_HTTP_H_
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace halfterm::testing {

struct RawAnswer {
  int status = 0;                             // 0: the connection ended before there was an answer.
  std::map<std::string, std::string> fields;  // Names in lower case.
  std::string body;                           // Out of its chunks.
  bool is_whole = false;                      // The body did not end before its end.
};

// Frames of an answer to a call: the messages, and what the trailers say.
struct RawFrames {
  std::vector<std::string> messages;
  std::map<std::string, std::string> trailers;
};
// Of a body, or of a head where that holds the trailers. Fails the test where bytes are no frames.
RawFrames FramesOf(const RawAnswer& answer);
// One message as the body of a request.
std::string Framed(absl::string_view message, char flags = 0);

// A read that waits for more than 20 seconds ends as if the connection had.
class RawHttp {
 public:
  // Fails the test where nobody listens. `receive_bytes`: how much the kernel keeps for a reader
  // that does not read; 0 for as it likes.
  explicit RawHttp(int port, int receive_bytes = 0);
  // A file, and no connection until Connect().
  RawHttp();
  ~RawHttp();
  RawHttp(const RawHttp&) = delete;
  RawHttp& operator=(const RawHttp&) = delete;

  // Fails the test where nobody listens.
  void Connect(int port);
  // False: the other side takes nothing more.
  bool Send(absl::string_view bytes);
  // To a HEAD there is no body.
  RawAnswer Read(bool to_head = false);
  // Whether something has come that was not read yet, or comes within that time; also the end.
  bool Hears(std::chrono::milliseconds time);
  // Waits for the end of the connection: what came before it.
  std::string ReadToEnd();
  // Reads at least one byte, and what has come with it.
  std::string ReadSome();
  void Close();

 private:
  bool Fill();

  int socket_ = -1;
  std::string held_;
};

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_RAW_HTTP_H_
