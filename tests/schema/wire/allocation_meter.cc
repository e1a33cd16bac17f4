#include "tests/schema/wire/allocation_meter.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace havenline {
namespace {

std::atomic<std::size_t> live = 0;
std::atomic<std::size_t> most = 0;

void* Allocate(std::size_t size) {
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  const std::size_t now = live += malloc_usable_size(memory);
  std::size_t known = most;
  while (now > known && !most.compare_exchange_weak(known, now)) {
  }
  return memory;
}

void Release(void* memory) noexcept {
  if (memory == nullptr) return;
  live -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

AllocationMeter::AllocationMeter() : before_(live) { most = before_; }
std::size_t AllocationMeter::peak() const { return most - before_; }

}  // namespace havenline

void* operator new(std::size_t size) { return havenline::Allocate(size); }
void* operator new[](std::size_t size) { return havenline::Allocate(size); }
void operator delete(void* memory) noexcept { havenline::Release(memory); }
void operator delete[](void* memory) noexcept { havenline::Release(memory); }
void operator delete(void* memory, std::size_t) noexcept { havenline::Release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { havenline::Release(memory); }
