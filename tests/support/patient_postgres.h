// The engine on a PostgreSQL of a test's own.

#ifndef HALFTERM_TESTS_SUPPORT_PATIENT_POSTGRES_H_
#define HALFTERM_TESTS_SUPPORT_PATIENT_POSTGRES_H_
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "storage/postgres/postgres_engine.h"
#include "storage/shared_engine.h"

namespace halfterm::testing {

// As long as a busy machine may take: no test waits for it.
inline storage::PostgresEngineOptions PatientOptions(const std::string& conninfo) {
  storage::PostgresEngineOptions options;
  options.conninfo = conninfo;
  options.patience = std::chrono::minutes(3);
  options.wait_for_others = std::chrono::minutes(3);
  return options;
}

// Fails the test, and is null, where it does not open.
inline std::unique_ptr<storage::SharedEngine> OpenedPostgres(
    const storage::PostgresEngineOptions& options) {
  auto engine = storage::OpenPostgresEngine(options);
  EXPECT_TRUE(engine.ok()) << engine.status();
  return engine.ok() ? *std::move(engine) : nullptr;
}
inline std::unique_ptr<storage::SharedEngine> OpenedPostgres(const std::string& conninfo) {
  return OpenedPostgres(PatientOptions(conninfo));
}

}  // namespace halfterm::testing

#endif  // HALFTERM_TESTS_SUPPORT_PATIENT_POSTGRES_H_
