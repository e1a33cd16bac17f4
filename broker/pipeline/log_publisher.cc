#include "broker/pipeline/log_publisher.h"

#include <algorithm>
#include <utility>

#include "schema/model/limits.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/leaf.h"

namespace havenline {
namespace {

using tlog::TileId;

constexpr std::size_t kCheckpointBytesMax = 64U << 10U;  // With the signatures of many witnesses.
constexpr const char* kCheckpoint = "checkpoint";

std::size_t BytesMaxOf(const TileId& id) {
  return id.kind == TileId::Kind::kHashes ? tlog::kTileBytesMax : tlog::kBundleBytesMax;
}

}  // namespace

bool SaysMore(const std::string& note, const std::string& than) {
  return std::ranges::count(note, '\n') > std::ranges::count(than, '\n');
}

LogPublisher::LogPublisher(PublisherParts parts, Look look)
    : parts_(std::move(parts)), look_(look) {}

Result<bool> LogPublisher::Step(const CheckpointNews& news) {
  epoch_ = news.head.epoch;
  const auto step = [&]() -> Result<bool> {
    if (!begun_) RETURN_IF_FAULT(Begin());
    const std::uint64_t whole = news.head.size - news.head.size % tlog::kTileWidth;
    if (full_ < whole) {
      const std::uint64_t until = std::min(whole, full_ + kTilesAStep * tlog::kTileWidth);
      RETURN_IF_FAULT(PublishFull(until));
      full_ = until;
      if (full_ < whole) return false;
    }
    RETURN_IF_FAULT(Finish(news));
    return true;
  };
  auto done = step();
  trusts_disk_ = done.has_value() && (trusts_disk_ || *done);
  return done;
}

Result<std::optional<CheckpointNews>> LogPublisher::Found(std::uint64_t epoch) const {
  ASSIGN_OR_RETURN(const auto note, parts_.folder.Read(std::to_string(epoch) + "/" + kCheckpoint,
                                                       kCheckpointBytesMax));
  if (!note) return std::nullopt;
  const std::vector<tlog::NoteKey> keys = {parts_.log_key};
  const auto head = tlog::OpenCheckpoint(parts_.partnership, AsText(*note), keys);
  if (!head || head->epoch != epoch) return std::nullopt;
  const auto root = tlog::RootOf(head->size, Nodes(epoch));
  if (!root || *root != head->root) {
    return Fail(FaultCode::kCorrupt,
                "the folder's checkpoint of " + std::to_string(head->size) +
                    " entries is signed by this log's key, and the store does not contain it. "
                    "Keep the folder as it is: it may show what the store has lost");
  }
  return CheckpointNews{*head, ToText(*note)};
}

Result<void> LogPublisher::Begin() {
  ASSIGN_OR_RETURN(auto found, Found(epoch_));
  if (found) {
    published_ = *std::move(found);
    found_ = published_.head.size;
    mending_ = true;
    RETURN_IF_FAULT(PublishPartial(found_));
    // What a crash between the checkpoint and their removal left.
    for (const TileId& id :
         tlog::FullTilesBetween(found_ - std::min<std::uint64_t>(found_, 256), found_)) {
      RETURN_IF_FAULT(parts_.folder.RemoveFolder(InEpoch(tlog::PartialsPath(id))));
    }
  }
  begun_ = true;
  return {};
}

Result<void> LogPublisher::PublishFull(std::uint64_t until) {
  for (const TileId& id : tlog::FullTilesBetween(full_, until)) {
    mending_ = WasFound(id);
    if (look_ == Look::kQuick && trusts_disk_ && mending_ && LooksRight(id)) continue;
    if (id.kind == TileId::Kind::kEntries) {
      RETURN_IF_FAULT(PublishBundle(id));
      continue;
    }
    ASSIGN_OR_RETURN(const Bytes bytes, BytesOf(id));
    RETURN_IF_FAULT(Put(InEpoch(tlog::TilePath(id)), bytes));
  }
  return {};
}

Result<void> LogPublisher::PublishPartial(std::uint64_t size) {
  for (const TileId& id : tlog::PartialTilesOf(size)) {
    if (id.kind == TileId::Kind::kEntries) {
      RETURN_IF_FAULT(PublishBundle(id));
      continue;
    }
    ASSIGN_OR_RETURN(const Bytes bytes, BytesOf(id));
    RETURN_IF_FAULT(Put(InEpoch(tlog::TilePath(id)), bytes));
  }
  return {};
}

// The bundle, and before it the documents that its entries name.
Result<void> LogPublisher::PublishBundle(const TileId& id) {
  ASSIGN_OR_RETURN(const Bytes bytes, BundleOf(id));
  for (const std::string_view entry : tlog::DecodeBundle(bytes, id.width).entries) {
    const auto leaf = tlog::ParseLeaf(entry);
    if (leaf && leaf->document) RETURN_IF_FAULT(PublishDocument(leaf->document->hash));
  }
  return Put(InEpoch(tlog::TilePath(id)), bytes);
}

Result<void> LogPublisher::PublishDocument(const Digest& hash) {
  const std::string name = "documents/" + HexEncode(hash) + ".note";
  if (look_ == Look::kQuick && trusts_disk_) {
    ASSIGN_OR_RETURN(const auto size, parts_.folder.SizeOf(name));
    if (size && *size > 0) return {};
  }
  ASSIGN_OR_RETURN(const auto document, parts_.reader.ReadDocument(hash));
  // In a later epoch the store may not hold a document of the time before; nobody can give it.
  if (!document) return {};
  return Put(name, AsBytes(document->note));
}

Result<void> LogPublisher::Finish(const CheckpointNews& news) {
  mending_ = false;
  if (news.head.size < published_.head.size) return {};  // What is there says it all.
  if (news.head.size != published_.head.size || !trusts_disk_)
    RETURN_IF_FAULT(PublishPartial(news.head.size));
  // Who has cosigned it said so once: after a restart the same head is signed again, by us alone.
  if (news.head == published_.head && !SaysMore(news.note, published_.note)) return {};
  const auto root = tlog::RootOf(news.head.size, Nodes(epoch_));
  if (!root || *root != news.head.root)
    return Fail(FaultCode::kCorrupt, "the store's entries are not those of its own checkpoint");
  RETURN_IF_FAULT(parts_.folder.Write(InEpoch(kCheckpoint), AsBytes(news.note)));
  const std::uint64_t before = published_.head.size;
  published_ = news;
  for (const TileId& id : tlog::FullTilesBetween(std::min(before, news.head.size), news.head.size))
    RETURN_IF_FAULT(parts_.folder.RemoveFolder(InEpoch(tlog::PartialsPath(id))));
  return {};
}

Result<Bytes> LogPublisher::BytesOf(const TileId& id) const {
  auto bytes = tlog::TileBytes(id, Nodes(epoch_));
  if (bytes) return *std::move(bytes);
  return Fail(FaultCode::kCorrupt, "the store lacks hashes of " + tlog::TilePath(id));
}

// The leaves, each held to the hash that the store has of it: a bundle that contradicts its tile
// would accuse us of a forgery.
Result<Bytes> LogPublisher::BundleOf(const TileId& id) const {
  const std::uint64_t first = id.index * tlog::kTileWidth;
  ASSIGN_OR_RETURN(const auto leaves,
                   parts_.reader.ReadLeaves({epoch_, LogIndex(first)}, id.width));
  if (leaves.size() != id.width)
    return Fail(FaultCode::kCorrupt, "the store lacks entries of " + tlog::TilePath(id));
  const tlog::NodeReader nodes = Nodes(epoch_);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (nodes({0, first + i}) == tlog::LeafHash(AsBytes(leaves[i]))) continue;
    return Fail(FaultCode::kCorrupt, "the store's entry " + std::to_string(first + i) +
                                         " is not the one that was hashed");
  }
  return tlog::EncodeBundle(leaves);
}

// Writes what is not there, or is there otherwise.
Result<void> LogPublisher::Put(const std::string& name, ByteView bytes) {
  if (trusts_disk_) {
    const auto there = parts_.folder.Read(name, bytes.size());
    if (there && *there && Equal(**there, bytes)) return {};
  }
  RETURN_IF_FAULT(parts_.folder.Write(name, bytes));
  if (mending_ && mended_.size() < kMendedNamedMax) mended_.push_back(name);
  return {};
}

// Whether the checkpoint that the folder came with implies it.
bool LogPublisher::WasFound(const TileId& id) const {
  return id.index < tlog::HashesAt(id.level, found_) / tlog::kTileWidth;
}

bool LogPublisher::LooksRight(const TileId& id) const {
  const auto size = parts_.folder.SizeOf(InEpoch(tlog::TilePath(id)));
  if (!size || !*size) return false;
  return id.kind == TileId::Kind::kHashes
             ? **size == tlog::kTileBytesMax
             : **size > 2 * std::uint64_t{tlog::kTileWidth} && **size <= BytesMaxOf(id);
}

tlog::NodeReader LogPublisher::Nodes(std::uint64_t epoch) const {
  return [this, epoch](const tlog::NodeId& id) { return parts_.reader.ReadNode(epoch, id); };
}

std::string LogPublisher::InEpoch(const std::string& name) const {
  return std::to_string(epoch_) + "/" + name;
}

}  // namespace havenline
