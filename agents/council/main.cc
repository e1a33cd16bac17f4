// havenline-council: the council's desks: children's services, the officer for home-educated
// children.

#include "agents/daemon/daemon.h"

int main(int argc, char** argv) {
  return havenline::RunDaemon(
      argc, argv, "havenline-council",
      "Receives messages for the council's teams; they read and acknowledge them at its local "
      "port.",
      {});
}
