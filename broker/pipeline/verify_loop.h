// Verify workers: from the bytes of an item to something commit can take, or the reason why not.

#pragma once

#include "broker/pipeline/events.h"
#include "schema/model/ids.h"

namespace havenline {

// One item. Pure given the directory; any number run at once.
CommitItem VerifyItem(VerifyJob job, const PartnershipId& partnership, const Directory& directory);

// The thread's body: until `jobs` is closed.
void VerifyLoop(Channel<VerifyJob>& jobs, Channel<CommitEvent>& out,
                const PartnershipId& partnership, const DirectoryHolder& directory);

}  // namespace havenline
