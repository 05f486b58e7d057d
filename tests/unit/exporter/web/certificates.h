// SPDX-License-Identifier: Apache-2.0
// Certificates made for one test, as PEM files in a directory of its own that goes with it.
#pragma once

#include <string>

namespace holdfast::web_test {

/// An empty directory, removed with all in it.
class Directory {
 public:
  Directory();
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + '/' + name; }
  /// Writes a file whole, by rename; its full path.
  std::string write(const std::string& name, const std::string& content) const;

 private:
  std::string path_;
};

/// A P-256 key with a certificate, signed by an issuer made before, or by itself.
struct Identity {
  std::string certificate;  ///< PEM.
  std::string key;          ///< PEM.
};
/// What a certificate says besides.
struct Terms {
  std::string names;       ///< Alternative names as OpenSSL writes them: "DNS:a,IP:127.0.0.1".
  long begins = -60;       ///< Seconds from now.
  long ends = 24L * 3600;  ///< Seconds from now.
};
[[nodiscard]] Identity make_identity(const std::string& name, const Identity* issuer = nullptr,
                                     const Terms& terms = {});

}  // namespace holdfast::web_test
