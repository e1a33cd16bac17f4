#include "deploy/havenline/audit_state.h"

#include <cstdint>

#include "deploy/havenline/tool.h"
#include "deploy/runtime/files.h"
#include "schema/base/bytes.h"
#include "schema/text/json.h"
#include "schema/text/reader.h"
#include "schema/tlog/checkpoint.h"

namespace havenline {
namespace {

using text::Value;
using Path = std::filesystem::path;

constexpr std::size_t kCheckpointBytesMax = 64U << 10U;
constexpr std::size_t kProgressBytesMax = 16U << 20U;

Path ProgressBeside(const Path& state) { return state.string() + ".progress"; }

Value HeadValue(std::uint64_t size, const Digest& root) {
  return Value::Map().Set("size", size).Set("root", HexEncode(root));
}

Digest DigestOf(text::MapReader& reader, std::string_view key) {
  const auto bytes = HexDecode(reader.Text(key));
  const auto digest = bytes ? ToArray<32>(*bytes) : std::nullopt;
  if (!digest) reader.Problem(key, "must be 64 hexadecimal digits");
  return digest.value_or(Digest{});
}

std::uint64_t NumberOf(text::MapReader& reader, std::string_view key) {
  return static_cast<std::uint64_t>(reader.Integer(key, 0, INT64_MAX));
}

}  // namespace

Result<std::optional<LogHead>> ReadState(const Path& state, const PartnershipId& partnership,
                                         std::span<const tlog::NoteKey> keys) {
  const auto bytes = ReadFile(state, kCheckpointBytesMax);
  if (!bytes && bytes.error().code == FaultCode::kMissing) return std::nullopt;
  if (!bytes) return tl::unexpected<Fault>(bytes.error());
  const auto head = tlog::OpenCheckpoint(partnership, AsText(*bytes), keys);
  if (!head) {
    return Fail(FaultCode::kInvalid,
                state.string() + " is no checkpoint signed by a log key of the directory (" +
                    head.error().detail + "): find out who changed it before you remove it");
  }
  return *head;
}

Result<void> KeepCheckpoint(const Path& state, const std::string& checkpoint, bool good) {
  return tool::WriteText(good ? state : Path(state.string() + ".contradicts"), checkpoint);
}

std::optional<AuditProgress> ReadProgress(const Path& state) {
  const Path path = ProgressBeside(state);
  const auto bytes = ReadFile(path, kProgressBytesMax);
  if (!bytes) return std::nullopt;
  const auto value = text::ParseJson(AsText(*bytes), path.string());
  if (!value) return std::nullopt;
  text::MapReader reader(*value, path.string());
  AuditProgress progress;
  progress.epoch = NumberOf(reader, "epoch");
  progress.mark = {NumberOf(reader, "size"), DigestOf(reader, "root")};
  if (auto held_to = reader.OptionalMap("held-to"))
    progress.held_to =
        LogHead{progress.epoch, NumberOf(*held_to, "size"), DigestOf(*held_to, "root")};
  for (text::MapReader& document : reader.MapList("documents")) {
    progress.documents.push_back(
        {LogIndex(NumberOf(document, "index")),
         {document.Name("document"), NumberOf(document, "version"), DigestOf(document, "hash")}});
  }
  if (!reader.Finish()) return std::nullopt;
  return progress;
}

Result<void> KeepProgress(const Path& state, const AuditProgress& progress) {
  Value documents = Value::List();
  for (const tlog::LoggedDocument& document : progress.documents) {
    documents.Add(Value::Map()
                      .Set("index", document.index.value())
                      .Set("document", document.mark.document)
                      .Set("version", document.mark.version)
                      .Set("hash", HexEncode(document.mark.hash)));
  }
  Value value = HeadValue(progress.mark.size, progress.mark.root)
                    .Set("epoch", progress.epoch)
                    .Set("documents", std::move(documents));
  if (progress.held_to)
    value.Set("held-to", HeadValue(progress.held_to->size, progress.held_to->root));
  return tool::WriteText(ProgressBeside(state), text::ToJson(value) + "\n");
}

}  // namespace havenline
