// Secrets in memory: wiped when they go, never copied, never printed. Reading one is spelled
// ExposeSecret(), so that every place that does can be found.

#pragma once

#include <sodium.h>

#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "schema/base/bytes.h"
#include "schema/base/check.h"

namespace havenline::seal {

// A short-lived secret: a section key, a shared secret. Move-only; the moved-from is wiped.
template <std::size_t kSize>
class Secret {
 public:
  Secret() = default;
  explicit Secret(const ByteArray<kSize>& bytes) : bytes_(bytes) {}
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { other.Wipe(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      other.Wipe();
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { Wipe(); }

  const ByteArray<kSize>& ExposeSecret() const { return bytes_; }
  std::span<std::uint8_t> MutableSecret() { return bytes_; }

 private:
  void Wipe() { sodium_memzero(bytes_.data(), bytes_.size()); }

  ByteArray<kSize> bytes_{};
};

// Bytes of any length that are wiped when they go. Move-only.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      Wipe();
      bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { Wipe(); }

  ByteView ExposeSecret() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }

 private:
  void Wipe() { sodium_memzero(bytes_.data(), bytes_.size()); }

  Bytes bytes_;
};

// A key that lives as long as the process: locked in memory between guard pages, left out of core
// files (libsodium's sodium_malloc), wiped when it goes. Move-only; a moved-from one must not be
// read.
template <std::size_t kSize>
class LockedSecret {
 public:
  explicit LockedSecret(const ByteArray<kSize>& bytes) : memory_(Allocate()) { *memory_ = bytes; }

  const ByteArray<kSize>& ExposeSecret() const {
    CHECK(memory_ != nullptr);
    return *memory_;
  }

 private:
  struct Free {
    void operator()(ByteArray<kSize>* memory) const { sodium_free(memory); }
  };
  static std::unique_ptr<ByteArray<kSize>, Free> Allocate() {
    CHECK(sodium_init() >= 0);
    void* const memory = sodium_malloc(sizeof(ByteArray<kSize>));
    CHECK(memory != nullptr);
    return std::unique_ptr<ByteArray<kSize>, Free>(new (memory) ByteArray<kSize>{});
  }

  std::unique_ptr<ByteArray<kSize>, Free> memory_;
};

}  // namespace havenline::seal
