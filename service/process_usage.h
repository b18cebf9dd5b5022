// What this process has taken of the machine.

#ifndef HALFTERM_SERVICE_PROCESS_USAGE_H_
#define HALFTERM_SERVICE_PROCESS_USAGE_H_
#include <cstdint>

namespace halfterm::service {

struct ProcessUsage {
  uint64_t cpu_us = 0;  // User and system, all threads.
  uint64_t rss_bytes = 0;
  uint64_t peak_rss_bytes = 0;
};

// What the system does not say stays 0.
ProcessUsage UsageOfThisProcess();

}  // namespace halfterm::service

#endif  // HALFTERM_SERVICE_PROCESS_USAGE_H_
