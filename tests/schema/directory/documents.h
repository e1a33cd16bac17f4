// What the tests of this folder share: keys that repeat, and a directory to spoil.

#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "schema/base/z85.h"
#include "schema/directory/directory.h"
#include "schema/seal/signing.h"
#include "schema/tlog/note.h"

namespace havenline {

inline seal::SigningKey TestKey(std::uint8_t seed) {
  return seal::SigningKey::FromSeed(ByteArray<32>{seed});
}
inline tlog::NoteSigner Governor(std::uint8_t number) {
  return {"testshire/governance/" + std::to_string(number), TestKey(number)};
}
inline std::string CurveText(std::uint8_t number) { return Z85Encode(ByteArray<32>{number, 1}); }

// `text`, signed by each.
inline std::string NoteBy(const std::string& text, const std::vector<std::uint8_t>& governors) {
  std::vector<std::string> lines;
  for (const std::uint8_t number : governors) lines.push_back(Governor(number).SignatureLine(text));
  return tlog::MakeNote(text, lines);
}

inline Governance TwoOfThree() {
  return {{Governor(1).key(), Governor(2).key(), Governor(3).key()}, 2};
}

inline std::string KeyEntry(const std::string& agency, seal::Purpose purpose, std::uint8_t seed,
                            const std::string& state = "current") {
  const seal::SigningKey key = TestKey(seed);
  const std::string name(seal::NameOf(purpose));
  return "[[agency.key]]\npurpose = \"" + name + "\"\npublic = \"" +
         Base64Encode(key.public_key()) + "\"\nproof = \"" +
         Base64Encode(seal::ProvePossession(key, agency, name)) + "\"\nstate = \"" + state + "\"\n";
}

// One police force and two schools, which one desk hosts.
inline std::string DirectoryText() {
  std::string keys;
  for (const std::uint8_t number : std::vector<std::uint8_t>{1, 2, 3})
    keys += "\"" + tlog::NoteKeyToText(Governor(number).key()) + "\", ";
  const tlog::NoteSigner log("testshire/log/1", TestKey(20));
  return "document = \"directory\"\npartnership = \"testshire\"\nversion = 1\nminimum-suite = 1\n"
         "[governance]\nthreshold = 2\nkeys = [" +
         keys + "]\n[broker]\ncurve = \"" + CurveText(1) + "\"\nrelease = \"" +
         Base64Encode(TestKey(21).public_key()) + "\"\nlog-keys = [\"" +
         tlog::NoteKeyToText(log.key()) +
         "\"]\n[[host]]\nname = \"host.police\"\noperated-by = \"Test Force\"\ncurve = [\"" +
         CurveText(2) +
         "\"]\n[[host]]\nname = \"host.desk\"\noperated-by = \"Test Council\"\n"
         "operator-link = true\ncurve = [\"" +
         CurveText(3) + "\", \"" + CurveText(4) +
         "\"]\n[[agency]]\nname = \"police.test\"\ntitle = \"Test Force\"\nroles = [\"police\", "
         "\"vawg-lead\"]\nhost = \"host.police\"\nareas = [\"north\"]\n" +
         KeyEntry("police.test", seal::Purpose::kEnvelope, 30) +
         KeyEntry("police.test", seal::Purpose::kEnvelope, 31, "retired") +
         KeyEntry("police.test", seal::Purpose::kEnvelope, 32, "compromised") +
         KeyEntry("police.test", seal::Purpose::kStatement, 33) +
         "[[agency]]\nname = \"school.100001\"\ntitle = \"Example Primary School\"\nroles = "
         "[\"school\"]\nhost = \"host.desk\"\n" +
         KeyEntry("school.100001", seal::Purpose::kStatement, 34) +
         "[[agency]]\nname = \"school.100002\"\ntitle = \"Example High School\"\nroles = "
         "[\"school\"]\nhost = \"host.desk\"\n";
}

inline std::string Changed(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// A fault with these words.
template <class T>
::testing::AssertionResult Refused(const Result<T>& result, std::string_view words) {
  if (result) return ::testing::AssertionFailure() << "it was taken";
  if (result.error().detail.find(words) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "for another reason: " << result.error().detail;
}

}  // namespace havenline
