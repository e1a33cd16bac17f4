// What is fuzzed: one function for each reader of what others send. libFuzzer looks for bytes that
// make one abort (`tests/run fuzz`); replay_test.cc hands it everything that was ever found.
//
// Each takes any bytes, never returns a fault, and CHECKs what has to hold of whatever was taken:
// it crashes where we would have believed something that is not so. True if the bytes were taken
// for what they should be, the whole way that the target goes: so a test can tell whether its seeds
// still reach what they are there for.
//
// A new target: a file that defines it, its name in CMakeLists.txt, here and in kTargets, and seeds
// in seeds.cc.

#pragma once

#include <array>
#include <string_view>

#include "schema/base/bytes.h"

namespace havenline::fuzz {

// One section's content, at its recipient. The first byte says which section of which exchange.
bool TryContent(ByteView input);
// CSV; the first byte says in which encoding and with which delimiter.
bool TryCsv(ByteView input);
// A delivery with its grant, at its recipient, as it is and signed anew by a hostile sender.
bool TryDelivery(ByteView input);
// The text of a directory.
bool TryDirectory(ByteView input);
// An envelope at the broker, as it is and signed anew by a hostile sender.
bool TryEnvelope(ByteView input);
// One payload frame of a link.
bool TryFrame(ByteView input);
// A file of the drop folder, to drafts and back as quarantined rows. The first byte says by which
// mapping.
bool TryIntake(ByteView input);
bool TryJson(ByteView input);
// A note, as it is and signed anew by who may; and the small texts beside it: leaf and key lines.
bool TryNote(ByteView input);
// The text of a policy.
bool TryPolicy(ByteView input);
// A receipt, void, recall or statement, as it is; a statement also signed anew by its agency.
bool TrySigned(ByteView input);
bool TryToml(ByteView input);

struct Target {
  std::string_view name;  // Of its file, its corpus and its program.
  bool (*attempt)(ByteView input);
};

inline constexpr auto kTargets = std::to_array<Target>({{"content", TryContent},
                                                        {"csv", TryCsv},
                                                        {"delivery", TryDelivery},
                                                        {"directory", TryDirectory},
                                                        {"envelope", TryEnvelope},
                                                        {"frame", TryFrame},
                                                        {"intake", TryIntake},
                                                        {"json", TryJson},
                                                        {"note", TryNote},
                                                        {"policy", TryPolicy},
                                                        {"signed", TrySigned},
                                                        {"toml", TryToml}});

}  // namespace havenline::fuzz
