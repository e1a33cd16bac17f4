// What came of checking a log, as data: valid, tampered with (and where), or not to be verified
// (and what is missing). Never one for another: what contradicts what was signed is tampered with
// whatever else is missing, and what is only missing accuses nobody. Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "schema/model/ids.h"

namespace havenline::tlog {

// Where: a file of the log, an entry, or both; and what is wrong there, in words.
struct Place {
  std::string file;  // Empty: not in a file.
  std::optional<LogIndex> index;
  std::string what;

  friend bool operator==(const Place&, const Place&) = default;
};

class Verdict {
 public:
  enum class Is : std::uint8_t { kValid, kTampered, kUnverifiable };
  // A broken log may have as many places as entries: the first are kept, the rest counted.
  static constexpr std::size_t kPlacesMax = 20;

  Is is() const {
    if (tampered_in_all_ > 0) return Is::kTampered;
    return missing_in_all_ > 0 ? Is::kUnverifiable : Is::kValid;
  }
  void Tampered(Place place) { Add(tampered_, tampered_in_all_, std::move(place)); }
  void Missing(Place place) { Add(missing_, missing_in_all_, std::move(place)); }
  void Add(const Verdict& other) {
    for (const Place& place : other.tampered_) Tampered(place);
    for (const Place& place : other.missing_) Missing(place);
    tampered_in_all_ += other.tampered_in_all_ - other.tampered_.size();
    missing_in_all_ += other.missing_in_all_ - other.missing_.size();
  }

  const std::vector<Place>& tampered() const { return tampered_; }
  const std::vector<Place>& missing() const { return missing_; }
  std::uint64_t tampered_in_all() const { return tampered_in_all_; }
  std::uint64_t missing_in_all() const { return missing_in_all_; }

 private:
  static void Add(std::vector<Place>& places, std::uint64_t& in_all, Place place) {
    ++in_all;
    if (places.size() < kPlacesMax) places.push_back(std::move(place));
  }

  std::vector<Place> tampered_;
  std::vector<Place> missing_;
  std::uint64_t tampered_in_all_ = 0;
  std::uint64_t missing_in_all_ = 0;
};

}  // namespace havenline::tlog
