// SPDX-License-Identifier: Apache-2.0
// argv → command → exit code; the only exit.
#include "exporter/commands/commands.h"

int main(int argc, char** argv) { return holdfast::run_command(argc, argv); }
