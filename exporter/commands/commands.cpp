// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/commands.h"

namespace holdfast {

int run_command(int, char**) { return kExitMisuse; }

}  // namespace holdfast
