// Everything that fuzzing ever found, handed to its target again, by whatever compiler and
// sanitizer; and the seeds that fuzzing begins with.

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <gtest/gtest.h>

#include <unistd.h>

#include "tests/fuzz/seeds.h"
#include "tests/fuzz/targets.h"

// There if a sanitizer is linked in.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace havenline::fuzz {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = fs::path(HAVENLINE_SOURCE) / "tests/fuzz/corpus";

// What is being tried, for the last words of a test that dies of it.
std::string in_hand;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): as said.

void SayWhatWasInHand() {
  static constexpr std::string_view kWords = "the input that did it: ";
  (void)!::write(STDERR_FILENO, kWords.data(), kWords.size());
  (void)!::write(STDERR_FILENO, in_hand.data(), in_hand.size());
  (void)!::write(STDERR_FILENO, "\n", 1);
}

bool Attempt(const Target& target, const std::string& what, const Bytes& bytes) {
  in_hand = what + "\n";
  in_hand.pop_back();
  return target.attempt(bytes);
}

Bytes ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class FuzzReplayTest : public ::testing::TestWithParam<Target> {
 protected:
  static void SetUpTestSuite() {
    if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(SayWhatWasInHand);
    std::signal(SIGABRT, [](int) {
      SayWhatWasInHand();
      std::signal(SIGABRT, SIG_DFL);
      std::raise(SIGABRT);
    });
  }
  std::string name() const { return std::string(GetParam().name); }
};

TEST_P(FuzzReplayTest, EverySeedIsTakenTheWholeWay) {
  const auto seeds = SeedsFor(name());
  EXPECT_FALSE(seeds.empty());
  for (const Seed& seed : seeds)
    EXPECT_TRUE(Attempt(GetParam(), name() + " seed " + seed.name, seed.bytes)) << seed.name;
}

// Whatever was cut off or changed: nothing that holds of what is taken is broken by it.
TEST_P(FuzzReplayTest, NoCutOrChangedSeedIsAFind) {
  for (const Seed& seed : SeedsFor(name())) {
    const std::size_t step = seed.bytes.size() / 40 + 1;
    for (std::size_t at = 0; at < seed.bytes.size(); at += step) {
      const auto where = static_cast<std::ptrdiff_t>(at);
      Attempt(GetParam(), name() + " seed " + seed.name + " cut at " + std::to_string(at),
              Bytes(seed.bytes.begin(), seed.bytes.begin() + where));
      Bytes changed = seed.bytes;
      changed[at] ^= 0x11U;
      Attempt(GetParam(), name() + " seed " + seed.name + " changed at " + std::to_string(at),
              changed);
    }
  }
}

TEST_P(FuzzReplayTest, NothingInTheCorpusIsAFind) {
  std::size_t inputs = 0;
  for (const auto& entry : fs::directory_iterator(kCorpus / name())) {
    ASSERT_EQ(entry.path().extension(), ".bin") << entry.path();
    Attempt(GetParam(), entry.path().string(), ReadFile(entry.path()));
    ++inputs;
  }
  EXPECT_GT(inputs, 0U);
}

std::string NameOfParam(const ::testing::TestParamInfo<Target>& info) {
  return std::string(info.param.name);
}
INSTANTIATE_TEST_SUITE_P(Targets, FuzzReplayTest, ::testing::ValuesIn(kTargets), NameOfParam);

TEST(FuzzCorpusTest, EveryFolderIsOfATarget) {
  std::set<std::string> names;
  for (const Target& target : kTargets) names.emplace(target.name);
  for (const auto& entry : fs::directory_iterator(kCorpus))
    EXPECT_TRUE(names.contains(entry.path().filename())) << entry.path();
}

}  // namespace
}  // namespace havenline::fuzz
