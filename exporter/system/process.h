// SPDX-License-Identifier: Apache-2.0
// What is set for the whole process before it starts threads. Call from main's thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace holdfast {

/// Keeps secrets out of core dumps, debuggers and files of others, ignores SIGPIPE and SIGXFSZ, and
/// makes a thousand threads cheap: small stacks and few malloc arenas.
void harden_process();

/// What the limit on open files allows.
struct OpenFiles {
  std::uint64_t needed = 0;
  std::uint64_t allowed = 0;  ///< After raising it as far as the hard limit lets us.
  [[nodiscard]] bool suffice() const { return allowed >= needed; }
};
/// Three connections a check, and 256 for the port, the log and the libraries. Raises the soft
/// limit only as far as needed: select() in some library would break on descriptors over 1,023.
OpenFiles make_room_for_files(std::size_t checks);

}  // namespace holdfast
