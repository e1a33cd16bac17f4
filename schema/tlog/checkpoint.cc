#include "schema/tlog/checkpoint.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "schema/base/check.h"

namespace havenline::tlog {
namespace {

// Decimal without sign or leading zeros.
std::optional<std::uint64_t> ParseDecimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Exactly three lines, each ended.
std::optional<std::array<std::string_view, 3>> ThreeLines(std::string_view text) {
  std::array<std::string_view, 3> lines;
  for (std::string_view& line : lines) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    line = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  if (!text.empty()) return std::nullopt;
  return lines;
}

}  // namespace

std::string OriginOf(const PartnershipId& partnership, std::uint64_t epoch) {
  return partnership.value() + "/log/" + std::to_string(epoch);
}

std::string CheckpointText(const PartnershipId& partnership, const LogHead& head) {
  return OriginOf(partnership, head.epoch) + "\n" + std::to_string(head.size) + "\n" +
         Base64Encode(head.root) + "\n";
}

std::string MakeCheckpoint(const PartnershipId& partnership, const LogHead& head,
                           const NoteSigner& signer) {
  CHECK(signer.key().name == OriginOf(partnership, head.epoch));
  const std::string text = CheckpointText(partnership, head);
  return MakeNote(text, std::array{signer.SignatureLine(text)});
}

Result<LogHead> OpenCheckpoint(const PartnershipId& partnership, std::string_view note,
                               std::span<const NoteKey> log_keys) {
  const auto bad = [](const char* what) {
    return Fail(FaultCode::kCorrupt, std::string("not a checkpoint of this log: ") + what);
  };
  ASSIGN_OR_RETURN(const OpenedNote opened, OpenNote(note, log_keys));
  const auto lines = ThreeLines(opened.text);
  if (!lines) return bad("it has not three lines");
  const std::string prefix = partnership.value() + "/log/";
  if (!(*lines)[0].starts_with(prefix)) return bad("another origin");
  const auto epoch = ParseDecimal((*lines)[0].substr(prefix.size()));
  const auto size = ParseDecimal((*lines)[1]);
  const auto root = Base64Decode((*lines)[2]);
  const auto digest = root ? ToArray<32>(*root) : std::nullopt;
  if (!epoch || !size || !digest) return bad("epoch, size or root");
  // Its own epoch's key must have signed: a key of another epoch says nothing about this tree.
  const std::string origin = OriginOf(partnership, *epoch);
  const bool own_key =
      std::ranges::any_of(opened.signers, [&](const NoteKey& key) { return key.name == origin; });
  if (!own_key) return bad("not signed by the key of its epoch");
  return LogHead{*epoch, *size, *digest};
}

}  // namespace havenline::tlog
