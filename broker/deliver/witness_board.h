// WitnessBoard: what the directory's witnesses say of the newest checkpoints, and the newest that a
// quorum of them cosigned: the final one. Nothing waits for it (D8): messages are accepted and
// delivered under checkpoints that nobody has cosigned yet.
//
// Pure: it is told the time. Owned by the delivery thread.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "schema/base/clock.h"
#include "schema/directory/directory.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"
#include "schema/tlog/cosignature.h"

namespace havenline {

class WitnessBoard {
 public:
  // What is in force. Who is no witness any more counts no longer, also for what it cosigned.
  void SetDirectory(std::shared_ptr<const Directory> directory);

  // A checkpoint that we signed. The first of a new epoch forgets those before it.
  void Publish(const LogHead& head, const std::string& note);

  enum class Heard : std::uint8_t {
    kTaken,
    kRepeated,  // Nothing newer than what is known.
    kNoWitness,
    kOtherHead,  // Not one of the newest that we signed.
    kInvalid,
    kAhead,  // Of a time that is not yet: whoever counts by it would count too long.
  };
  // A note as `cosign` brings it, from a link that may speak for the witnesses with these keys.
  // Costs at most one signature for each of them.
  Heard Hear(const std::string& note, std::span<const tlog::WitnessKey> may, TimePoint now);

  struct Final {
    LogHead head;
    std::string note;  // With all cosignatures so far.
    TimePoint time;    // When the last of a quorum cosigned, by its clock.
  };
  const std::optional<Final>& final_head() const { return final_; }

  // The note of a checkpoint that was published, with its cosignatures so far; empty if it is not
  // among the newest.
  std::string NoteOf(const LogHead& head) const;

  // Each witness that counts, with the newest that it cosigned; size and time 0: nothing since the
  // broker started.
  struct Standing {
    AgencyId agency;
    std::uint64_t size = 0;
    TimePoint time;
  };
  std::vector<Standing> standings() const;

 private:
  struct Published {
    LogHead head;
    std::string text;
    std::string note;
    std::vector<tlog::Cosignature> cosignatures;
  };

  bool Merge(Published& published, std::vector<tlog::Cosignature> cosignatures);
  void Judge(const Published& published);
  static std::string Cosigned(const Published& published);

  std::shared_ptr<const Directory> directory_;
  std::map<std::uint64_t, Published> published_;  // By size; the newest ones.
  std::optional<Final> final_;
  struct Newest {
    std::uint64_t size = 0;
    TimePoint time;
  };
  std::map<std::string, Newest> newest_;  // By a witness's key.
};

}  // namespace havenline
