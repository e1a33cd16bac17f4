// havenline-police: sends what a police records system reports, and follows it until a person has answered.

#include "agents/daemon/daemon.h"

int main(int argc, char** argv) {
  return havenline::RunDaemon(
      argc, argv, "havenline-police",
      "Sends notices to schools and alarms what nobody there acknowledges in time.", {});
}
