// Verify workers: from the bytes of an item to something commit can take, or the reason why not.

#pragma once

#include "broker/pipeline/events.h"
#include "schema/model/ids.h"
#include "schema/tlog/signature_memory.h"

namespace havenline {

// One item. Pure given the directory; any number run at once, each with a memory of its own.
CommitItem VerifyItem(VerifyJob job, const PartnershipId& partnership, const Directory& directory,
                      tlog::SignatureMemory& memory);

// The thread's body: until `jobs` is closed.
void VerifyLoop(Channel<VerifyJob>& jobs, Channel<CommitEvent>& out,
                const PartnershipId& partnership, const DirectoryHolder& directory);

}  // namespace havenline
