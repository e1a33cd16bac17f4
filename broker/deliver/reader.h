// What the delivery thread reads of the store: mailboxes, message bodies, the log. It never writes.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/commit/store.h"
#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"
#include "schema/tlog/merkle.h"

namespace havenline {

// The parts of one entry, as kept beside its leaf.
struct EntryParts {
  std::vector<Part> parts;
  std::vector<Digest> digests;

  friend bool operator==(const EntryParts&, const EntryParts&) = default;
};

// Safe to call from any thread, while the commit thread writes; each call sees whole batches.
class StoreReader {
 public:
  virtual ~StoreReader() = default;

  // The oldest rows of a mailbox after `after`, at most `count_max`.
  virtual Result<std::vector<MailboxRow>> Rows(const MailboxPlace& after,
                                               std::size_t count_max) const = 0;
  virtual Result<std::optional<GrantRecord>> ReadGrant(const Digest& grant) const = 0;
  virtual Result<std::optional<Bytes>> ReadMessage(const Position& position) const = 0;
  virtual Result<std::optional<EntryParts>> ReadParts(const Position& position) const = 0;

  virtual Result<std::vector<std::string>> ReadLeaves(const Position& from,
                                                      std::size_t count_max) const = 0;
  virtual std::optional<Digest> ReadNode(std::uint64_t epoch, const tlog::NodeId& id) const = 0;
  virtual Result<std::optional<DocumentRecord>> ReadDocument(const Digest& hash) const = 0;
  // Statements and suspensions after number `after`, in order, at most `count_max`.
  virtual Result<std::vector<NoticeRecord>> ReadNotices(std::uint64_t after,
                                                        std::size_t count_max) const = 0;
};

}  // namespace havenline
