// havenline-health: the desks of a hospital, a midwifery team, a practice: they refer, and receive
// what is for them.

#include "agents/daemon/daemon.h"

int main(int argc, char** argv) {
  return havenline::RunDaemon(
      argc, argv, "havenline-health",
      "Sends referrals of a hospital, practice or service, and receives messages for its teams, "
      "at its local port.",
      {});
}
