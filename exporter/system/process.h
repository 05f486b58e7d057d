// SPDX-License-Identifier: Apache-2.0
// Process-wide settings. Call from main's thread before starting others.
#pragma once

#include <cstddef>
#include <cstdint>

namespace holdfast {

/// Protects secrets (no core dumps, no debuggers, umask), ignores SIGPIPE and SIGXFSZ, and makes a
/// thousand threads cheap: small stacks and few malloc arenas.
void harden_process();

/// The limit on open files.
struct OpenFiles {
  std::uint64_t needed = 0;
  std::uint64_t allowed = 0;  ///< After raising it, at most to the hard limit.
  [[nodiscard]] bool suffice() const { return allowed >= needed; }
};
/// Three connections a check, and 256 for the port, the log and the libraries. Raises the soft
/// limit only as far as needed: select() in some library would break on descriptors over 1,023.
OpenFiles raise_file_limit(std::size_t checks);

}  // namespace holdfast
