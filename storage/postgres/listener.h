// Looks whenever another server notifies, and at times when none does.

#ifndef HALFTERM_STORAGE_POSTGRES_LISTENER_H_
#define HALFTERM_STORAGE_POSTGRES_LISTENER_H_
#include <chrono>
#include <functional>
#include <string>
#include <thread>

namespace halfterm::storage::postgres {

// On a thread and a connection of its own, from its making to its end. A connection that is lost is
// made anew; meanwhile it looks as often as it did.
class Listener {
 public:
  // `look` runs on the listener's thread; `number` is that of the commit that was notified, 0 where
  // it is only time to look.
  Listener(std::string conninfo, std::chrono::milliseconds every,
           std::function<void(uint64_t number)> look);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  void Run();

  const std::string conninfo_;
  const std::chrono::milliseconds every_;
  const std::function<void(uint64_t)> look_;
  const int stop_;  // An eventfd; readable once the thread is to end.
  std::thread thread_;
};

}  // namespace halfterm::storage::postgres

#endif  // HALFTERM_STORAGE_POSTGRES_LISTENER_H_
