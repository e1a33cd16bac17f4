// Accountant: now and then counts what waits in the store and how much room there is, for status
// and metrics, and writes the metrics' file. A thread of its own: neither a store full of mail nor
// a slow disk may hold up anything else (D7).

#pragma once

#include <chrono>
#include <filesystem>

#include "broker/pipeline/shared.h"
#include "broker/storage/broker_store.h"
#include "schema/base/channel.h"
#include "schema/base/clock.h"
#include "schema/base/thread.h"

namespace havenline {

struct AccountantParts {
  const BrokerStore& store;
  SharedState& state;
  const Clock& clock;
  std::chrono::seconds every{15};
  std::uint64_t reserve_bytes = 0;
  std::filesystem::path file;  // Empty: none is written.
};

// Rows that one survey counts at most: about a second's reading.
inline constexpr std::size_t kSurveyRowsMax = 1'000'000;

class Accountant {
 public:
  explicit Accountant(AccountantParts parts);
  ~Accountant() { Stop(); }
  Accountant(const Accountant&) = delete;
  Accountant& operator=(const Accountant&) = delete;

  void Start();
  // Returns when the thread has ended. The file stays, and ages: its first metric says how old.
  void Stop();

  // One turn, for tests.
  void Turn();

 private:
  AccountantParts parts_;
  TimePoint started_;
  bool failed_ = false;  // The file could not be written last time: said once.
  Channel<bool> stop_{1};
  Thread thread_;
};

}  // namespace havenline
