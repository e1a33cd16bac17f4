// What a thread asks of the disk, in order: the test program's own fsync(), fdatasync() and
// rename() stand before the system's, note the call and pass it on, or fail as planted.

#pragma once

#include <string>
#include <vector>

namespace havenline {

class SystemCalls {
 public:
  SystemCalls();  // Begins to note this thread's calls; one at a time.
  SystemCalls(const SystemCalls&) = delete;
  SystemCalls& operator=(const SystemCalls&) = delete;
  ~SystemCalls();

  // E.g. "fsync /tmp/x/.file.tmp", "rename /tmp/x/.file.tmp", "fsync /tmp/x".
  const std::vector<std::string>& noted() const { return noted_; }

  // From now on the n-th call (from 1) that is noted is not made and fails with EIO.
  void FailAt(std::size_t n) { fail_at_ = n; }

  // For the functions themselves: true if this call is to fail.
  bool Note(const std::string& call);

 private:
  std::vector<std::string> noted_;
  std::size_t fail_at_ = 0;
};

}  // namespace havenline
