#include "service/process_usage.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <fstream>

namespace halfterm::service {
namespace {

uint64_t Microseconds(const timeval& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000 + static_cast<uint64_t>(time.tv_usec);
}

}  // namespace

ProcessUsage UsageOfThisProcess() {
  ProcessUsage usage;
  rusage self{};
  if (getrusage(RUSAGE_SELF, &self) == 0) {
    usage.cpu_us = Microseconds(self.ru_utime) + Microseconds(self.ru_stime);
    usage.peak_rss_bytes = static_cast<uint64_t>(self.ru_maxrss) * 1024;
  }
  uint64_t all_pages = 0, resident_pages = 0;
  std::ifstream statm("/proc/self/statm");
  if (statm >> all_pages >> resident_pages) {
    usage.rss_bytes = resident_pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  }
  return usage;
}

}  // namespace halfterm::service
