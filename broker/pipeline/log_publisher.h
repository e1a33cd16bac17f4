// LogPublisher: the audit log as plain files (C2SP tlog-tiles), made from the store and never
// writing to it:
//
//   <epoch>/checkpoint                 the newest note, put in place after all that it implies
//   <epoch>/tile/<L>/<N>[.p/<W>]       hashes
//   <epoch>/tile/entries/<N>[.p/<W>]   leaves
//   documents/<hash>.note              governance's documents that leaves name
//
// Everything is durable before the checkpoint that implies it. Partial tiles go once a checkpoint
// implies the full one. Owned by one thread.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/deliver/reader.h"
#include "broker/pipeline/events.h"
#include "broker/pipeline/log_folder.h"
#include "schema/tlog/note.h"
#include "schema/tlog/tile.h"

namespace havenline {

struct PublisherParts {
  const StoreReader& reader;
  LogFolder& folder;
  PartnershipId partnership;
  tlog::NoteKey log_key;  // Of the epoch that is published.
};

// Whether a note says more than another of the same head: it carries more signatures.
bool SaysMore(const std::string& note, const std::string& than);

class LogPublisher {
 public:
  // How a folder is taken over that holds a checkpoint of ours: by the names and sizes of its full
  // tiles and the bytes of what is at its right edge, or by every byte.
  enum class Look : std::uint8_t { kQuick, kWhole };

  explicit LogPublisher(PublisherParts parts, Look look = Look::kQuick);

  // Some of the way (kTilesAStep tiles) from what the folder holds to `news`; true once it holds
  // that. The first step goes on from the checkpoint in the folder if it is ours, or else from
  // nothing; kCorrupt, and nothing is written, if it is ours and not in the store. After a fault
  // the next step goes on where this one failed.
  Result<bool> Step(const CheckpointNews& news);

  // The checkpoint that the folder's files were brought to.
  const LogHead& published() const { return published_.head; }
  // The folder's checkpoint: nothing if there is none or it is not ours, kCorrupt if the store does
  // not contain it.
  Result<std::optional<CheckpointNews>> Found(std::uint64_t epoch) const;
  // Files that were missing or other than they must be, and were written again, by name.
  const std::vector<std::string>& mended() const { return mended_; }

  static constexpr std::uint64_t kTilesAStep = 16;
  static constexpr std::size_t kMendedNamedMax = 1000;

 private:
  Result<void> Begin();
  Result<void> PublishFull(std::uint64_t until);
  Result<void> PublishPartial(std::uint64_t size);
  Result<void> PublishBundle(const tlog::TileId& id);
  Result<void> PublishDocument(const Digest& hash);
  Result<void> Finish(const CheckpointNews& news);
  Result<Bytes> BytesOf(const tlog::TileId& id) const;
  Result<Bytes> BundleOf(const tlog::TileId& id) const;
  Result<void> Put(const std::string& name, ByteView bytes);
  bool LooksRight(const tlog::TileId& id) const;
  bool WasFound(const tlog::TileId& id) const;
  tlog::NodeReader Nodes(std::uint64_t epoch) const;
  std::string InEpoch(const std::string& name) const;

  PublisherParts parts_;
  Look look_;
  bool begun_ = false;
  std::uint64_t epoch_ = 0;
  CheckpointNews published_;
  std::uint64_t full_ = 0;   // Entries whose full tiles are there: a multiple of 256.
  std::uint64_t found_ = 0;  // The size that the folder was found with.
  bool trusts_disk_ = true;  // False after a fault: what reads right may not be on the disk.
  bool mending_ = false;     // What is written now should have been there.
  std::vector<std::string> mended_;
};

}  // namespace havenline
