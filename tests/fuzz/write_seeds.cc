// fuzz_seeds FOLDER: writes the seeds of each target into a folder of its name.

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/seeds.h"
#include "tests/fuzz/targets.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: fuzz_seeds FOLDER\n", stderr);
    return 64;
  }
  for (const auto& target : havenline::fuzz::kTargets) {
    const auto folder = std::filesystem::path(argv[1]) / target.name;
    std::filesystem::create_directories(folder);
    for (const auto& seed : havenline::fuzz::SeedsFor(target.name)) {
      std::ofstream file(folder / (seed.name + ".bin"), std::ios::binary);
      file << havenline::AsText(seed.bytes);
      if (!file.flush()) return 74;
    }
  }
  return 0;
}
