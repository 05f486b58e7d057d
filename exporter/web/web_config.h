// SPDX-License-Identifier: Apache-2.0
// The exporter-toolkit's web.yml: TLS, client certificates, basic auth, response headers. What we
// do not do is refused by name, never passed over: somebody may rely on it. Plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exporter/config/config.h"

namespace holdfast {

/// The phase of an Error that is a fault of web.yml, or of a file that it names.
inline constexpr const char* kWebConfigPhase = "web_config";

/// A file named in web.yml, and where it is named.
struct FileAt {
  std::string path;  ///< Empty: not given. Relative ones start at web.yml's own directory.
  int line = 0;
  int column = 0;
};

/// Which client certificates are asked for; Go's words in the file.
enum class ClientAuth : std::uint8_t { none, verify_if_given, require };

struct TlsFiles {
  FileAt cert;
  FileAt key;
  FileAt client_ca;
  ClientAuth client_auth = ClientAuth::none;
  bool only_tls13 = false;  ///< TLS 1.2 otherwise; nothing older in any case.
};

struct WebConfig {
  std::optional<TlsFiles> tls;
  std::map<std::string, std::string> users;  ///< Name to bcrypt hash; empty: no login.
  std::vector<std::pair<std::string, std::string>> headers;
};

struct WebConfigOutcome {
  std::optional<WebConfig> config;
  std::vector<ConfigFault> faults;
};
/// Reads and validates a file of at most 64 KiB. The files it names are not opened.
[[nodiscard]] WebConfigOutcome read_web_config(const std::string& path);

}  // namespace holdfast
