// havenline-council: the council's desks: children's services, the officer for home-educated
// children, housing, the conference's coordinator; and those of services that it commissions.

#include "agents/daemon/daemon.h"

int main(int argc, char** argv) {
  return havenline::RunDaemon(
      argc, argv, "havenline-council",
      "Receives messages for the council's teams and sends theirs; they read, acknowledge and "
      "refer at its local port.",
      {});
}
