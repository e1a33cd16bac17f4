// What libzmq holds for hosts that have not read it yet: counted exactly, by what it gives back.

#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <zmq.hpp>

#include "broker/deliver/queue_share.h"
#include "schema/base/bytes.h"
#include "schema/base/check.h"
#include "schema/base/mutex.h"

namespace havenline {

// For each host and for all. Thread-safe: libzmq gives back in threads of its own.
class UnreadBytes {
 public:
  // Of one host; guarded by the mutex below.
  struct Host {
    std::size_t bytes = 0;
  };

  // True if so many more may be held for the host: then they are.
  bool Take(Host& host, std::size_t bytes) {
    const MutexLock lock(mutex_);
    if (!MayQueue({host.bytes, pooled_}, bytes)) return false;
    Move(host, host.bytes + bytes);
    return true;
  }
  void GiveBack(Host& host, std::size_t bytes) {
    const MutexLock lock(mutex_);
    CHECK(host.bytes >= bytes);
    Move(host, host.bytes - bytes);
  }
  std::size_t Of(const Host& host) const {
    const MutexLock lock(mutex_);
    return host.bytes;
  }

 private:
  void Move(Host& host, std::size_t to) REQUIRES(mutex_) {
    pooled_ = pooled_ - PooledOf(host.bytes) + PooledOf(to);
    host.bytes = to;
  }

  mutable Mutex mutex_;
  std::size_t pooled_ GUARDED_BY(mutex_) = 0;
};

// One frame in libzmq's hands, for as long as it counts as unread: until libzmq has encrypted it
// for the wire, which it does only when the kernel takes more, or dropped it with its connection.
class UnreadFrame {
 public:
  // The bytes are Take()n already; nobody else gives them back.
  static zmq::message_t Message(ByteView payload, std::shared_ptr<UnreadBytes> unread,
                                std::shared_ptr<UnreadBytes::Host> host) {
    auto frame = std::make_unique<UnreadFrame>(payload, std::move(unread), std::move(host));
    zmq::message_t message(frame->bytes_.data(), frame->bytes_.size(), &GiveBack, frame.get());
    CHECK(frame.release() != nullptr);  // libzmq's until GiveBack.
    return message;
  }

  UnreadFrame(ByteView payload, std::shared_ptr<UnreadBytes> unread,
              std::shared_ptr<UnreadBytes::Host> host)
      : bytes_(ToBytes(payload)), unread_(std::move(unread)), host_(std::move(host)) {}
  ~UnreadFrame() { unread_->GiveBack(*host_, bytes_.size()); }
  UnreadFrame(const UnreadFrame&) = delete;
  UnreadFrame& operator=(const UnreadFrame&) = delete;

 private:
  static void GiveBack(void* /*bytes*/, void* frame) {
    const std::unique_ptr<UnreadFrame> given_back(static_cast<UnreadFrame*>(frame));
  }

  Bytes bytes_;
  std::shared_ptr<UnreadBytes> unread_;
  std::shared_ptr<UnreadBytes::Host> host_;
};

}  // namespace havenline
