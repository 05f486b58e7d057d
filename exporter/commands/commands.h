// SPDX-License-Identifier: Apache-2.0
// The command line. Each command is one file and returns its exit code.
#pragma once

namespace holdfast {

/// `check`, `report` and `explain` use Nagios exit codes. The other commands exit 2 for an invalid
/// configuration.
inline constexpr int kExitOk = 0;
inline constexpr int kExitWarning = 1;
inline constexpr int kExitCritical = 2;
inline constexpr int kExitUnknown = 3;
inline constexpr int kExitMisuse = 3;
inline constexpr int kExitConfigError = 2;

/// Parses the arguments and runs the command; returns its exit code. Never throws.
[[nodiscard]] int run_command(int argc, char** argv);

}  // namespace holdfast
