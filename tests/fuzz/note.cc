// Notes and the lines around them: nothing opens but what was signed, and what governance or the
// log did sign reads back as it was written.

#include "schema/tlog/note.h"

#include <algorithm>
#include <array>

#include "schema/base/check.h"
#include "schema/directory/governance.h"
#include "schema/directory/opening.h"
#include "schema/directory/suspension.h"
#include "schema/seal/key_text.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/leaf.h"
#include "schema/tlog/tile.h"
#include "tests/fuzz/common.h"
#include "tests/fuzz/targets.h"

namespace havenline::fuzz {
namespace {

// Of nobody, but as they are written.
constexpr const char* kSignatures = "\n\u2014 nobody AAAAAAAAAAAAAAAA\n";

std::vector<tlog::NoteKey> KnownKeys() {
  return {Partnership().governance().key(), Partnership().log_signer().key()};
}

bool OpensOnlyIfGenuine(std::string_view note) {
  static const auto kKeys = KnownKeys();
  const auto opened = tlog::OpenNote(note, kKeys);
  if (!opened) {
    CheckFault(opened.error());
    return false;
  }
  const auto is_it = [&](const std::string& genuine) {
    const auto text = tlog::UnverifiedText(genuine);
    CHECK(text.has_value());
    return *text == opened->text;
  };
  CHECK(!opened->signers.empty() && std::ranges::any_of(GenuineNotes(), is_it));
  return true;
}

void CheckCheckpoint(const std::string& text) {
  const tlog::NoteSigner& log = Partnership().log_signer();
  const std::string note = tlog::MakeNote(text, std::array{log.SignatureLine(text)});
  const auto head = tlog::OpenCheckpoint(kTestPartnership, note, std::array{log.key()});
  if (head) CHECK(tlog::CheckpointText(kTestPartnership, *head) == text);
}

void CheckByGovernance(const std::string& text) {
  const std::string note = Partnership().Sign(text);
  const Governance governance = Partnership().TestGovernance();
  const auto opened = OpenByGovernance(note, governance);
  CHECK(opened.has_value() && *opened == text);
  if (const auto opening = OpenOpening(note, governance)) {
    const auto again = OpenOpening(Partnership().Sign(OpeningText(*opening)), governance);
    CHECK(again && again->partnership == opening->partnership);
    CHECK(again->epoch == opening->epoch && again->log_key == opening->log_key);
  }
  if (const auto suspension = OpenSuspension(note, Partnership().directory())) {
    const auto again = ParseSuspension(SuspensionText(*suspension));
    CHECK(again && again->agency == suspension->agency && again->number == suspension->number);
    CHECK(again->lifted == suspension->lifted && again->partnership == suspension->partnership);
    CHECK(ReadKeptSuspension(note).has_value());
  }
}

// Whatever the text is, who may sign it does.
void TrySignedAnew(std::string_view text) {
  // What cannot be a note's text makes no note either, whoever signs it.
  const std::string note = std::string(text) + kSignatures;
  const auto read = tlog::UnverifiedText(note);
  if (!read || *read != text) return;
  // Every signature costs more than all the reading.
  if (text.starts_with("document")) return CheckByGovernance(std::string(text));
  CheckCheckpoint(std::string(text));
}

bool TryLines(std::string_view text) {
  bool taken = false;
  if (const auto leaf = tlog::ParseLeaf(text)) {
    CHECK(tlog::LeafText(*leaf) == text);
    taken = true;
  }
  if (const auto id = tlog::TileFromPath(text)) {
    CHECK(tlog::TilePath(*id) == text);
    taken = true;
  }
  // Any bytes may be a bundle of that many entries, in one way.
  for (std::uint32_t width = 1; width <= 3; ++width) {
    const tlog::DecodedBundle bundle = tlog::DecodeBundle(AsBytes(text), width);
    CHECK(bundle.entries.size() <= width);
    const std::vector<std::string> entries(bundle.entries.begin(), bundle.entries.end());
    if (bundle.sound) CHECK(Equal(tlog::EncodeBundle(entries), AsBytes(text)));
  }
  if (const auto key = tlog::NoteKeyFromText(text)) {
    CHECK(tlog::NoteKeyToText(*key) == text);
    taken = true;
  }
  if (const auto key = seal::KeyFromText("seal", text)) {
    const std::string line = seal::KeyToText("seal", key->ExposeSecret());
    CHECK(line.starts_with(text) || text.starts_with(line.substr(0, line.size() - 1)));
    taken = true;
  }
  return taken;
}

}  // namespace

bool TryNote(ByteView input) {
  const std::string_view note = AsText(input);
  if (TryLines(note)) return true;
  const bool genuine = OpensOnlyIfGenuine(note);
  const auto text = tlog::UnverifiedText(note);
  if (text) {
    CHECK(note.starts_with(*text) && text->ends_with('\n'));
    TrySignedAnew(*text);
  } else if (note.ends_with('\n')) {
    TrySignedAnew(note);
  }
  return genuine;
}

}  // namespace havenline::fuzz
