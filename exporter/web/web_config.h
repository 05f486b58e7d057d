// SPDX-License-Identifier: Apache-2.0
// The exporter-toolkit's web.yml: TLS, client certificates, basic auth, response headers. Settings
// that are not supported are errors, never ignored: an operator may rely on them. Plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exporter/config/config.h"
#include "exporter/web/page.h"

namespace holdfast {

/// The phase of an Error in web.yml or in a file it names.
inline constexpr const char* kWebConfigPhase = "web_config";

/// A file named in web.yml, and where it is named.
struct FileAt {
  std::string path;  ///< Empty: not given. Relative to the directory of web.yml.
  int line = 0;
  int column = 0;
};

/// Which client certificates are requested; the file uses Go's names.
enum class ClientAuth : std::uint8_t { none, verify_if_given, require };

struct TlsFiles {
  FileAt cert;
  FileAt key;
  FileAt client_ca;
  ClientAuth client_auth = ClientAuth::none;
  bool only_tls13 = false;  ///< Otherwise TLS 1.2 or newer.
};

struct WebConfig {
  std::optional<TlsFiles> tls;
  std::map<std::string, std::string> users;  ///< Name to bcrypt hash; empty: no login.
  PageHeaders headers;
};

struct WebConfigOutcome {
  std::optional<WebConfig> config;
  std::vector<ConfigError> errors;
};
/// Reads and validates a file of at most 64 KiB, without opening the files it names.
[[nodiscard]] WebConfigOutcome read_web_config(const std::string& path);

}  // namespace holdfast
