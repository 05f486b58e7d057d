// SPDX-License-Identifier: Apache-2.0
// A password or token, known by where it stands and read at each use, so that rotation works.
// It has no formatter and no stream operator on purpose (law 4). Immutable: safe to share.
#pragma once

#include <string>

#include "checks/base/result.h"

namespace holdfast {

class Secret {
 public:
  /// No secret at all: `read` gives an empty string.
  Secret() = default;
  /// Read from this file at each use; one trailing newline is dropped. At most 64 KiB.
  [[nodiscard]] static Secret from_file(std::string path);
  /// Taken from the environment or a URL at start-up; kept in memory.
  [[nodiscard]] static Secret from_value(std::string value);

  /// The secret itself, for the one call that needs it. Error: `no_secret` (missing, unreadable,
  /// larger than 64 KiB); the text names the file, never its content.
  [[nodiscard]] Result<std::string> read() const;
  /// Whether one was configured.
  [[nodiscard]] bool is_set() const { return !path_.empty() || !value_.empty(); }
  /// Whether two secrets stand in the same place (for reload); never compares file contents.
  bool operator==(const Secret&) const = default;

 private:
  std::string path_;
  std::string value_;
};

}  // namespace holdfast
