// havenline-school: the desk of one school or of many, each with keys of its own.

#include "agents/daemon/daemon.h"

int main(int argc, char** argv) {
  return havenline::RunDaemon(
      argc, argv, "havenline-school",
      "Receives notices for one or more schools; key adults read and acknowledge them at its "
      "local port.",
      {});
}
