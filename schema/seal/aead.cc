#include "schema/seal/aead.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "schema/base/check.h"
#include "schema/seal/joined.h"
#include "schema/seal/labels.h"

namespace havenline::seal {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const EVP_CIPHER* Aes256Gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  CHECK(cipher != nullptr);
  return cipher;
}

Context NewContext() {
  Context context(EVP_CIPHER_CTX_new());
  CHECK(context != nullptr);
  return context;
}

int Length(ByteView bytes) {
  CHECK(bytes.size() <= 64U << 20U);
  return static_cast<int>(bytes.size());
}

Bytes StoredContext(ByteView context) {
  return ToBytes(Joined(labels::kStored).Add(context).bytes());
}

}  // namespace

Bytes GcmSeal(const Secret<32>& key, const Nonce& nonce, ByteView aad, ByteView plaintext) {
  const Context context = NewContext();
  CHECK(EVP_EncryptInit_ex2(context.get(), Aes256Gcm(), key.ExposeSecret().data(), nonce.data(),
                            nullptr) == 1);
  int length = 0;
  CHECK(EVP_EncryptUpdate(context.get(), nullptr, &length, aad.data(), Length(aad)) == 1);
  Bytes sealed(plaintext.size() + kTagBytes);
  CHECK(EVP_EncryptUpdate(context.get(), sealed.data(), &length, plaintext.data(),
                          Length(plaintext)) == 1);
  CHECK(length == Length(plaintext));
  CHECK(EVP_EncryptFinal_ex(context.get(), sealed.data() + length, &length) == 1 && length == 0);
  CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTagBytes),
                            sealed.data() + plaintext.size()) == 1);
  return sealed;
}

std::optional<SecretBytes> GcmOpen(const Secret<32>& key, const Nonce& nonce, ByteView aad,
                                   ByteView sealed) {
  if (sealed.size() < kTagBytes) return std::nullopt;
  const ByteView ciphertext = sealed.first(sealed.size() - kTagBytes);
  ByteArray<kTagBytes> tag{};
  std::ranges::copy(sealed.last(kTagBytes), tag.begin());
  const Context context = NewContext();
  CHECK(EVP_DecryptInit_ex2(context.get(), Aes256Gcm(), key.ExposeSecret().data(), nonce.data(),
                            nullptr) == 1);
  int length = 0;
  CHECK(EVP_DecryptUpdate(context.get(), nullptr, &length, aad.data(), Length(aad)) == 1);
  Bytes plaintext(ciphertext.size());
  CHECK(EVP_DecryptUpdate(context.get(), plaintext.data(), &length, ciphertext.data(),
                          Length(ciphertext)) == 1);
  SecretBytes opened(std::move(plaintext));
  CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagBytes),
                            tag.data()) == 1);
  std::uint8_t none = 0;
  if (EVP_DecryptFinal_ex(context.get(), &none, &length) != 1) return std::nullopt;
  return opened;
}

Bytes SealStored(const LockedSecret<32>& key, const Nonce& random_nonce, ByteView context,
                 ByteView plaintext) {
  const Secret<32> once(key.ExposeSecret());
  Bytes stored = ToBytes(ByteView(random_nonce));
  Append(stored, GcmSeal(once, random_nonce, StoredContext(context), plaintext));
  return stored;
}

std::optional<SecretBytes> OpenStored(const LockedSecret<32>& key, ByteView context,
                                      ByteView stored) {
  Nonce nonce{};
  if (stored.size() < nonce.size()) return std::nullopt;
  std::ranges::copy(stored.first(nonce.size()), nonce.begin());
  const Secret<32> once(key.ExposeSecret());
  return GcmOpen(once, nonce, StoredContext(context), stored.subspan(nonce.size()));
}

}  // namespace havenline::seal
