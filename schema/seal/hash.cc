#include "schema/seal/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>

#include "schema/base/check.h"

namespace havenline::seal {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Fetched once: looking an algorithm up by name costs more than hashing a short message.
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

}  // namespace

Digest Sha256(ByteView bytes) { return Sha256(bytes, {}); }

Digest Sha256(ByteView first, ByteView second, ByteView third) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  Digest digest{};
  CHECK(EVP_DigestInit_ex2(context.get(), Sha256Algorithm(), nullptr) == 1);
  for (const ByteView bytes : {first, second, third}) {
    CHECK(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1);
  }
  CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
  return digest;
}

Digest HmacSha256(ByteView key, ByteView message) {
  static constexpr std::uint8_t kNoKey = 0;  // HMAC() takes a null key for "the one before".
  Digest digest{};
  unsigned length = 0;
  CHECK(HMAC(Sha256Algorithm(), key.empty() ? &kNoKey : key.data(), static_cast<int>(key.size()),
             message.data(), message.size(), digest.data(), &length) != nullptr);
  CHECK(length == digest.size());
  return digest;
}

Digest HkdfExtract(ByteView salt, ByteView input_key) { return HmacSha256(salt, input_key); }

Bytes HkdfExpand(const Digest& pseudorandom_key, ByteView info, std::size_t length) {
  CHECK(length <= 255 * sizeof(Digest));
  Bytes output;
  Bytes block;  // T(i - 1) || info || i
  for (std::uint8_t i = 1; output.size() < length; ++i) {
    Append(block, info);
    block.push_back(i);
    Digest next = HmacSha256(pseudorandom_key, block);
    const std::size_t wanted = std::min(next.size(), length - output.size());
    Append(output, ByteView(next).first(wanted));
    OPENSSL_cleanse(block.data(), block.size());
    block.assign(next.begin(), next.end());
    OPENSSL_cleanse(next.data(), next.size());
  }
  OPENSSL_cleanse(block.data(), block.size());
  return output;
}

bool EqualInConstantTime(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace havenline::seal
