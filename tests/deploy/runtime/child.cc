// What runtime_test starts and kills. Prints one line per thing that is promised, then goes on.
//
//   store-write <path>        writes records 0, 1, 2 … and prints each number once it is synced
//   store-hold <path>         opens the store, prints "open", waits for ever
//   lock-hold <directory>     takes the directory's lock, prints "locked", waits for ever
//   file-write <path>         replaces a file by longer ones, prints its number once it is durable
//   mark-advance <directory>  advances the mark to sizes 1, 2, 3 … and prints each

#include <unistd.h>

#include <iostream>
#include <string>

#include "deploy/runtime/files.h"
#include "deploy/runtime/key_value_store.h"
#include "deploy/runtime/mark.h"
#include "schema/base/check.h"
#include "tests/deploy/runtime/numbered.h"

namespace havenline {
namespace {

// Tells the test, whole and at once.
void Say(const std::string& line) {
  const std::string text = line + "\n";
  CHECK(::write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

[[noreturn]] void WaitForTheEnd() {
  while (true) ::pause();
}

int WriteStore(const std::string& path) {
  auto store = KeyValueStore::Open(NumberedStore(path));
  if (!store) {
    std::cerr << store.error().detail << '\n';
    return 1;
  }
  for (std::uint64_t number = 0; number < kNumbersMax; ++number) {
    if (const auto written = store->Write(NumberedBatch(number)); !written) return 2;
    Say(std::to_string(number));
  }
  return 0;
}

int WriteFiles(const std::string& path) {
  for (std::uint64_t number = 0; number < kNumbersMax; ++number) {
    if (!WriteFileDurably(path, NumberedContent(number), kPublicFile)) return 2;
    Say(std::to_string(number));
  }
  return 0;
}

int AdvanceMark(const std::string& directory) {
  auto mark = MarkFile::Open(directory);
  if (!mark) return 1;
  for (std::uint64_t number = 1; number < kNumbersMax; ++number) {
    if (!mark->Advance(NumberedHead(number))) return 2;
    Say(std::to_string(number));
  }
  return 0;
}

int Hold(const std::string& what, const std::string& path) {
  if (what == "store-hold") {
    const auto store = KeyValueStore::Open(NumberedStore(path));
    if (!store) return 1;
    Say("open");
    WaitForTheEnd();
  }
  const auto lock = DirectoryLock::Acquire(path);
  if (!lock) return 1;
  Say("locked");
  WaitForTheEnd();
}

int Run(const std::string& what, const std::string& path) {
  if (what == "store-write") return WriteStore(path);
  if (what == "file-write") return WriteFiles(path);
  if (what == "mark-advance") return AdvanceMark(path);
  return Hold(what, path);
}

}  // namespace
}  // namespace havenline

int main(int argc, char** argv) {
  CHECK(argc == 3);
  return havenline::Run(argv[1], argv[2]);
}
