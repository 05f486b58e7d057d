// SPDX-License-Identifier: Apache-2.0
// A password or token, read from its file at each use so that rotation works. It has no formatter
// and no stream operator on purpose, so that it cannot be printed. Immutable: safe to share.
#pragma once

#include <string>

#include "checks/base/result.h"

namespace holdfast {

class Secret {
 public:
  /// No secret: `read` returns an empty string.
  Secret() = default;
  /// Read from this file at each use; one trailing newline is dropped. At most 64 KiB.
  [[nodiscard]] static Secret from_file(std::string path);
  /// From the environment or a URL at start-up; held in memory.
  [[nodiscard]] static Secret from_value(std::string value);

  /// The secret itself. Error: `no_secret` (missing, empty, unreadable, larger than 64 KiB); the
  /// text names the file, never its content.
  [[nodiscard]] Result<std::string> read() const;
  /// Whether one was configured.
  [[nodiscard]] bool is_set() const { return !path_.empty() || !value_.empty(); }
  /// Whether both have the same source, for reload; never compares file contents.
  bool operator==(const Secret&) const = default;

 private:
  std::string path_;
  std::string value_;
};

}  // namespace holdfast
