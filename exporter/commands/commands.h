// SPDX-License-Identifier: Apache-2.0
// The command line. Each command is one file that gives its exit code.
#pragma once

namespace holdfast {

/// Exit codes of `check`, `report`, `explain` are Nagios': ok, warning, critical, unknown. A
/// config fault and misuse of the other commands exit 2 (design, Command line).
inline constexpr int kExitOk = 0;
inline constexpr int kExitWarning = 1;
inline constexpr int kExitCritical = 2;
inline constexpr int kExitUnknown = 3;
inline constexpr int kExitMisuse = 3;
inline constexpr int kExitConfigFault = 2;

/// Parses the arguments and runs the command they name; its exit code. Never throws.
[[nodiscard]] int run_command(int argc, char** argv);

}  // namespace holdfast
