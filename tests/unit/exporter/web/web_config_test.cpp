// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/web_config.h"

#include <doctest/doctest.h>

#include "tests/unit/exporter/web/certificates.h"

using namespace holdfast;
using web_test::Directory;

namespace {

const std::string kHash = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG";
const std::string kFiles = "  cert_file: a.pem\n  key_file: a.key\n";

/// All errors of a text, as "line:column: path: text", one per line.
std::string errors_of(const std::string& text) {
  const Directory directory;
  std::string all;
  for (const auto& error : read_web_config(directory.write("web.yml", text)).errors) {
    all += std::to_string(error.line) + ':' + std::to_string(error.column) + ": " + error.path +
           ": " + error.text + '\n';
  }
  return all;
}

}  // namespace

TEST_CASE("a complete web.yml is read, and its files are relative to it") {
  const Directory directory;
  const auto path =
      directory.write("web.yml", "tls_server_config:\n" + kFiles +
                                     "  client_auth_type: RequireAndVerifyClientCert\n"
                                     "  client_ca_file: /etc/ca.pem\n"
                                     "  min_version: TLS13\n"
                                     "basic_auth_users:\n  alice: " +
                                     kHash +
                                     "\nhttp_server_config:\n  http2: false\n"
                                     "  headers:\n    X-Frame-Options: deny\n");
  const auto read = read_web_config(path);
  REQUIRE(read.config);
  REQUIRE(read.config->tls);
  CHECK(read.config->tls->cert.path == directory.file("a.pem"));
  CHECK(read.config->tls->cert.line == 2);
  CHECK(read.config->tls->client_ca.path == "/etc/ca.pem");
  CHECK(read.config->tls->client_auth == ClientAuth::require);
  CHECK(read.config->tls->only_tls13);
  CHECK(read.config->users.at("alice") == kHash);
  CHECK(read.config->headers.front().second == "deny");
}

TEST_CASE("each error in a web.yml is reported with its position") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"tls_server_confg: {}\n",
       "1:1: tls_server_confg: unknown section; did you mean tls_server_config?\n"},
      {"rate_limit: {burst: 20}\n", "1:13: rate_limit: is not supported by Holdfast\n"},
      {"tls_server_config:\n" + kFiles + "  client_allowed_sans: [a]\n",
       "4:24: tls_server_config.client_allowed_sans: is not supported by Holdfast\n"},
      {"tls_server_config:\n  cert_file: a\n", "2:3: tls_server_config: key_file is required\n"},
      {"tls_server_config:\n" + kFiles + "  min_version: TLS10\n",
       "4:16: tls_server_config.min_version: must be TLS12 or TLS13; older versions are "
       "insecure\n"},
      {"tls_server_config:\n" + kFiles + "  client_auth_type: RequireAnyClientCert\n",
       "4:21: tls_server_config.client_auth_type: asks for a certificate without verifying it, "
       "which protects nothing; use RequireAndVerifyClientCert\n"},
      {"tls_server_config:\n" + kFiles + "  client_auth_type: RequireAndVerifyClientCert\n",
       "4:21: tls_server_config.client_auth_type: requires client_ca_file\n"},
      {"tls_server_config:\n" + kFiles + "  client_ca_file: ca.pem\n",
       "4:19: tls_server_config.client_ca_file: has no effect without client_auth_type\n"},
      {"basic_auth_users:\n  alice: canary-secret\n",
       "2:10: basic_auth_users.alice: is not a bcrypt hash such as htpasswd -nB prints\n"},
      {"basic_auth_users:\n  alice: " + std::string("$2y$16$") + kHash.substr(7) + "\n",
       "2:10: basic_auth_users.alice: has a bcrypt cost over 15: each login would take many "
       "seconds\n"},
      {"http_server_config: {http2: true}\n",
       "1:29: http_server_config.http2: is not supported by Holdfast, which speaks HTTP/1.1\n"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(errors_of(text) == expected);
  }
}

TEST_CASE("no error in a web.yml quotes its values") {
  for (const auto* text :
       {"basic_auth_users:\n  alice: canary-secret\n", "basic_auth_users: canary-secret\n",
        "basic_auth_users:\n  alice: [canary-secret]\n", "canary-secret\n", "\"canary-secret\n",
        "basic_auth_users:\n  alice: canary-secret\n  alice: canary-secret\n",
        "tls_server_config:\n  key: canary-secret\n"}) {
    CAPTURE(text);
    const auto errors = errors_of(text);
    CHECK_FALSE(errors.empty());
    CHECK(errors.find("canary") == std::string::npos);
  }
}

TEST_CASE("a missing web.yml is an error that names it") {
  const Directory directory;
  const auto read = read_web_config(directory.file("none.yml"));
  REQUIRE(read.errors.size() == 1);
  CHECK(render_config_error(read.errors.front()).find("none.yml") != std::string::npos);
}
