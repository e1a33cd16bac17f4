// Socket activation: the listening socket that whoever starts a daemon has made for it (systemd's
// .socket unit; the protocol is sd_listen_fds(3)). A daemon that is handed one needs no network of
// its own, and may be shut out of it: connections to the socket reach it all the same.

#pragma once

#include "deploy/runtime/file_descriptor.h"
#include "schema/base/result.h"

namespace havenline {

// The socket that was handed over, not blocking and closed on exec; not open() if none was meant
// for this process. kInvalid if there are several, or it is anything but a listening TCP socket: a
// start without it would listen somewhere that nobody chose. Once, in main's thread before any
// other starts: it takes the words of the protocol out of the environment, so that no child takes
// them for its own.
Result<FileDescriptor> TakeListeningSocket();

}  // namespace havenline
