// The digests that bind a message together, and the audit log's entries (docs/protocol.md). Pure.

#pragma once

#include <vector>

#include "schema/base/bytes.h"
#include "schema/model/envelope.h"
#include "schema/model/ids.h"

namespace havenline::seal {

Digest SectionDigest(const SectionOpening& opening);
Digest ClaimDigest(const ClaimOpening& opening);
Digest BrokersPartDigest(const Salt& salt, ByteView brokers_bytes);

// HPKE's info for a grant: what its keys are bound to.
Digest GrantInfo(const Digest& core, ByteView clear_bytes);
Digest GrantDigest(const Grant& grant);

// The audit log: of one part, and of an entry from its sorted part digests.
Digest PartDigest(const Salt& salt, ByteView part);
Digest EntryDigest(const std::vector<Digest>& sorted_parts);

// HMAC-SHA256(thread secret, message id).
Digest ThreadMark(ByteView thread_secret, const MessageId& id);

}  // namespace havenline::seal
