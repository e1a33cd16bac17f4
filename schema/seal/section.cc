#include "schema/seal/section.h"

#include <algorithm>
#include <bit>

#include "schema/base/check.h"
#include "schema/model/limits.h"
#include "schema/seal/aead.h"
#include "schema/seal/hash.h"
#include "schema/seal/joined.h"
#include "schema/seal/labels.h"

namespace havenline::seal {
namespace {

constexpr std::size_t kLengthBytes = 4;

struct SectionKeys {
  Secret<32> key;
  Digest commit{};
};

SectionKeys DeriveKeys(const MessageContext& context, const std::string& section,
                       const SectionKey& key) {
  const Digest core = CoreOf(context);
  const Secret<32> extracted(HkdfExtract(context.id.value(), key.ExposeSecret()));
  const SecretBytes output(
      HkdfExpand(extracted.ExposeSecret(),
                 Joined(labels::kSection).Add(ByteView(core)).Add(section).bytes(), 64));
  SectionKeys keys;
  std::ranges::copy(output.ExposeSecret().first(32), keys.key.MutableSecret().begin());
  std::ranges::copy(output.ExposeSecret().last(32), keys.commit.begin());
  return keys;
}

// {message id, sender, exchange, version, section}: what the content claims to be part of.
Joined InnerHeader(const MessageContext& context, const std::string& section) {
  Joined inner{ByteView(context.id.value())};
  inner.Add(context.sender.value())
      .Add(context.exchange.value())
      .Add(std::uint64_t{context.version})
      .Add(section);
  return inner;
}

Bytes AdditionalData(const MessageContext& context, const std::string& section) {
  const Digest core = CoreOf(context);
  return ToBytes(Joined(ByteView(core)).Add(section).bytes());
}

// The plaintext between its length and its padding, if the padding is the only one we would make.
std::optional<ByteView> Unpad(const std::string& section, ByteView padded) {
  if (padded.size() < kLengthBytes) return std::nullopt;
  const std::size_t length = ReadU32(padded.first(kLengthBytes));
  const ByteView rest = padded.subspan(kLengthBytes);
  if (length > rest.size() || PaddedSize(section, kLengthBytes + length) != padded.size())
    return std::nullopt;
  const ByteView zeros = rest.subspan(length);
  if (!std::ranges::all_of(zeros, [](std::uint8_t byte) { return byte == 0; })) return std::nullopt;
  return rest.first(length);
}

}  // namespace

MessageContext ContextOf(const Header& header) {
  return {header.partnership, header.id,      header.sender,
          header.exchange,    header.version, header.policy.hash};
}

Digest CoreOf(const MessageContext& context) {
  return Sha256(Joined(labels::kCore)
                    .Add(context.partnership.value())
                    .Add(ByteView(context.id.value()))
                    .Add(context.sender.value())
                    .Add(context.exchange.value())
                    .Add(std::uint64_t{context.version})
                    .Add(ByteView(context.policy_hash))
                    .bytes());
}

std::size_t PaddedSize(const std::string& section, std::size_t unpadded) {
  if (section == kExclusionsSection) {
    return unpadded <= limits::kExclusionsBytes ? limits::kExclusionsBytes
                                                : limits::kExclusionsLongBytes;
  }
  if (unpadded <= limits::kPaddingMin) return limits::kPaddingMin;
  if (unpadded <= limits::kPaddingStep) return std::bit_ceil(unpadded);
  return (unpadded + limits::kPaddingStep - 1) / limits::kPaddingStep * limits::kPaddingStep;
}

bool IsSealedSize(const std::string& section, std::size_t sealed_size) {
  if (sealed_size <= kTagBytes) return false;
  const std::size_t padded = sealed_size - kTagBytes;
  return padded <= limits::kSectionBytesMax + limits::kPaddingStep &&
         PaddedSize(section, padded) == padded;
}

SealedWithCommit SealSection(const MessageContext& context, const std::string& section,
                             const SectionKey& key, ByteView content) {
  CHECK(content.size() <= limits::kSectionBytesMax);
  const Joined plaintext = Joined(InnerHeader(context, section).bytes()).Add(content);
  Bytes padded;
  padded.reserve(PaddedSize(section, kLengthBytes + plaintext.bytes().size()));
  AppendU32(padded, static_cast<std::uint32_t>(plaintext.bytes().size()));
  Append(padded, plaintext.bytes());
  const std::size_t size = PaddedSize(section, padded.size());
  CHECK(padded.size() <=
        size);  // Only an exclusions section can break it, and its writer bounds it.
  padded.resize(size);
  const SecretBytes wiped(std::move(padded));
  const SectionKeys keys = DeriveKeys(context, section, key);
  // The derived key seals this one plaintext, so its nonce may be fixed.
  return {GcmSeal(keys.key, Nonce{}, AdditionalData(context, section), wiped.ExposeSecret()),
          keys.commit};
}

std::optional<SecretBytes> OpenSection(const MessageContext& context, const SectionOpening& opening,
                                       const SectionKey& key, ByteView sealed) {
  const std::string& section = opening.name;
  const SectionKeys keys = DeriveKeys(context, section, key);
  if (!EqualInConstantTime(keys.commit, opening.commit)) return std::nullopt;
  const auto padded = GcmOpen(keys.key, Nonce{}, AdditionalData(context, section), sealed);
  if (!padded) return std::nullopt;
  const auto plaintext = Unpad(section, padded->ExposeSecret());
  if (!plaintext) return std::nullopt;
  const Joined expected{InnerHeader(context, section).bytes()};
  const std::size_t header = expected.bytes().size();
  if (plaintext->size() < header + kLengthBytes) return std::nullopt;
  if (!Equal(plaintext->first(header), expected.bytes())) return std::nullopt;
  const ByteView content = plaintext->subspan(header + kLengthBytes);
  if (ReadU32(plaintext->subspan(header, kLengthBytes)) != content.size()) return std::nullopt;
  return SecretBytes(ToBytes(content));
}

}  // namespace havenline::seal
