// SPDX-License-Identifier: Apache-2.0
#include <crypt.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "exporter/log/log.h"
#include "exporter/web/basic_auth.h"
#include "tests/unit/exporter/web/certificates.h"
#include "tests/unit/exporter/web/site.h"

using namespace holdfast;
using web_test::Client;
using web_test::Directory;
using web_test::eventually;
using web_test::Identity;
using web_test::make_identity;
using web_test::Site;

namespace {

std::string hash_of(const std::string& password, unsigned long cost = 4) {
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> salt{};
  REQUIRE(::crypt_gensalt_rn("$2b$", cost, nullptr, 0, salt.data(), salt.size()) != nullptr);
  crypt_data room{};
  return ::crypt_r(password.c_str(), salt.data(), &room);
}

std::string basic(const std::string& credentials) {
  std::string out(credentials.size() * 2 + 4, '\0');
  const int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(credentials.data()),
                                     static_cast<int>(credentials.size()));
  return "Basic " + out.substr(0, static_cast<std::size_t>(size));
}

std::string login(const std::string& credentials) {
  return "Authorization: " + basic(credentials) + "\r\n";
}

WebOptions with_config(const std::string& path) {
  WebOptions options;
  options.web_config_file = path;
  return options;
}

struct FreeContext {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* session) const { ::SSL_free(session); }
};

/// What one HTTPS client sees; 0 when it is turned away at any step.
int status_over_tls(int port, const Directory& directory, const std::string& own = {},
                    int max_version = TLS1_3_VERSION) {
  const std::unique_ptr<SSL_CTX, FreeContext> context(::SSL_CTX_new(::TLS_client_method()));
  // The client itself would take what Debian forbids, so that the server is what refuses it.
  ::SSL_CTX_set_security_level(context.get(), 0);
  ::SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  ::SSL_CTX_set_max_proto_version(context.get(), max_version);
  ::SSL_CTX_load_verify_locations(context.get(), directory.file("ca.pem").c_str(), nullptr);
  ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (!own.empty()) {
    ::SSL_CTX_use_certificate_chain_file(context.get(), directory.file(own + ".pem").c_str());
    ::SSL_CTX_use_PrivateKey_file(context.get(), directory.file(own + ".key").c_str(),
                                  SSL_FILETYPE_PEM);
  }
  const Client client(port);
  const std::unique_ptr<SSL, FreeSession> session(::SSL_new(context.get()));
  ::SSL_set_fd(session.get(), client.fd());
  if (::SSL_connect(session.get()) != 1) return 0;
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
  if (::SSL_write(session.get(), request.data(), static_cast<int>(request.size())) <= 0) return 0;
  std::array<char, 4096> reply{};
  const int got = ::SSL_read(session.get(), reply.data(), reply.size());
  return got > 12 ? std::stoi(std::string(reply.data() + 9, 3)) : 0;
}

/// A directory with an authority, a server and two clients: one of the authority's, one not.
struct Papers {
  Papers() {
    const auto authority = make_identity("authority");
    directory.write("ca.pem", authority.certificate);
    put("server", make_identity("localhost", &authority));
    put("friend", make_identity("friend", &authority));
    put("stranger", make_identity("stranger"));
  }
  void put(const std::string& name, const Identity& identity) const {
    directory.write(name + ".pem", identity.certificate);
    directory.write(name + ".key", identity.key);
  }
  [[nodiscard]] WebOptions options(const std::string& more = {}) const {
    return with_config(directory.write(
        "web.yml", "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n" + more));
  }
  Directory directory;
};

}  // namespace

TEST_CASE("pages come over TLS, and a client in the clear gets nothing") {
  const Papers papers;
  Site site(papers.options());
  REQUIRE(site.error == "");
  CHECK(status_over_tls(site.port(), papers.directory) == 200);
  CHECK(status_over_tls(site.port(), papers.directory, "", TLS1_2_VERSION) == 200);
  CHECK(status_over_tls(site.port(), papers.directory, "", TLS1_1_VERSION) == 0);
  Client clear(site.port());
  CHECK(clear.get("/metrics").status == 0);
  CHECK(status_over_tls(site.port(), papers.directory) == 200);
}

TEST_CASE("a stalled handshake is closed, and delays no other client") {
  const Papers papers;
  Site site(papers.options());
  REQUIRE(site.error == "");
  std::vector<Client> stuck;
  for (int i = 0; i < 50; ++i) {
    stuck.emplace_back(site.port());
    stuck.back().send({"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11});
  }
  CHECK(status_over_tls(site.port(), papers.directory) == 200);
  for (auto& client : stuck) CHECK(client.is_closed());
}

TEST_CASE("TLS 1.3 alone can be asked for") {
  const Papers papers;
  Site site(papers.options("  min_version: TLS13\n"));
  REQUIRE(site.error == "");
  CHECK(status_over_tls(site.port(), papers.directory, "", TLS1_2_VERSION) == 0);
  CHECK(status_over_tls(site.port(), papers.directory) == 200);
}

TEST_CASE("client certificates are asked for and verified") {
  const Papers papers;
  Site site(
      papers.options("  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"));
  REQUIRE(site.error == "");
  CHECK(status_over_tls(site.port(), papers.directory) == 0);
  CHECK(status_over_tls(site.port(), papers.directory, "stranger") == 0);
  CHECK(status_over_tls(site.port(), papers.directory, "friend") == 200);
}

TEST_CASE("a certificate that is replaced is shown to the next client") {
  const Papers papers;
  Site site(papers.options());
  REQUIRE(site.error == "");
  CHECK(status_over_tls(site.port(), papers.directory) == 200);
  papers.put("server", make_identity("stranger"));
  CHECK(eventually([&] { return status_over_tls(site.port(), papers.directory) == 0; }));
}

TEST_CASE("a wrong file of web.yml is named at its place at the start") {
  const Papers papers;
  const auto error_with = [&](const std::string& name, const std::string& content) {
    const auto path = papers.directory.write(name, content);
    return Site(papers.options()).error;
  };
  const auto good = papers.options().web_config_file;
  CHECK(error_with("server.key", make_identity("other").key) ==
        good + ":3:13: tls_server_config.key_file: does not match the certificate in cert_file");
  CHECK(error_with("server.key", "canary").find("contains no PEM private key") !=
        std::string::npos);
  CHECK(error_with("server.pem", "canary") ==
        good + ":2:14: tls_server_config.cert_file: cannot be read or contains no PEM certificate");
}

TEST_CASE("basic auth lets in who knows the password, and everybody to the health page") {
  const Directory directory;
  Site site(with_config(
      directory.write("web.yml", "basic_auth_users:\n  alice: " + hash_of("open sesame") + "\n")));
  REQUIRE(site.error == "");
  const auto stranger = site.get("/metrics");
  CHECK(stranger.status == 401);
  CHECK(stranger.header("WWW-Authenticate").find("Basic") == 0);
  CHECK(site.get("/metrics", login("alice:open sesame")).status == 200);
  CHECK(site.get("/metrics", login("alice:open sesame")).status == 200);
  CHECK(site.get("/metrics", login("alice:open")).status == 401);
  CHECK(site.get("/metrics", login("bob:open sesame")).status == 401);
  CHECK(site.get("/none", {}).status == 401);
  CHECK(site.get("/-/healthy").status == 200);
  CHECK(site.get("/-/healthy/../metrics").status == 401);
  CHECK(site.get("/-%2Fhealthy").status == 200);
}

TEST_CASE("malformed credentials are rejected") {
  BasicAuth users({{"alice", hash_of("secret")}});
  CHECK(users.judge(basic("alice:secret")) == BasicAuth::Verdict::good);
  CHECK(users.judge("bAsIc " + basic("alice:secret").substr(6)) == BasicAuth::Verdict::good);
  using namespace std::string_literals;
  for (const auto& wrong :
       {""s, "Basic"s, "Basic "s, "Basic ="s, "Basic !!!!"s, "Bearer abcd"s, basic("alice"),
        basic("alice:"), basic(":secret"), basic("alice:secret\0more"s), basic("alice\0:secret"s),
        basic("alice:Secret"), basic("Alice:secret"), basic("alice:secret "),
        basic("alice:" + std::string(2000, 'x'))}) {
    CAPTURE(wrong);
    CHECK(users.judge(wrong) == BasicAuth::Verdict::bad);
  }
}

TEST_CASE("a flood of wrong passwords is rejected, and locks out no authenticated client") {
  BasicAuth users({{"alice", hash_of("secret", 8)}});
  REQUIRE(users.judge(basic("alice:secret")) == BasicAuth::Verdict::good);
  std::atomic<bool> enough = false;
  std::atomic<int> turned_away = 0;
  std::vector<std::thread> flood;
  for (int i = 0; i < 8; ++i) {
    flood.emplace_back([&] {
      while (!enough) {
        if (users.judge(basic("alice:wrong")) == BasicAuth::Verdict::busy) ++turned_away;
      }
    });
  }
  CHECK(eventually([&] { return turned_away > 0; }));
  CHECK(users.judge(basic("alice:secret")) == BasicAuth::Verdict::good);
  enough = true;
  for (auto& thread : flood) thread.join();
}

TEST_CASE("a password that is changed in web.yml counts from then on") {
  const Directory directory;
  const auto write = [&](const std::string& password) {
    return directory.write("web.yml", "basic_auth_users:\n  alice: " + hash_of(password) + "\n");
  };
  Site site(with_config(write("old")));
  REQUIRE(site.error == "");
  CHECK(site.get("/metrics", login("alice:old")).status == 200);
  write("new");
  CHECK(eventually([&] { return site.get("/metrics", login("alice:new")).status == 200; }));
  CHECK(site.get("/metrics", login("alice:old")).status == 401);
}

TEST_CASE("errors in a changed web.yml are logged, and the old one stays active") {
  const Directory directory;
  const auto users = "basic_auth_users:\n  alice: " + hash_of("old") + "\n";
  Site site(with_config(directory.write("web.yml", users)));
  REQUIRE(site.error == "");
  std::array<int, 2> pipe{};
  REQUIRE(::pipe2(pipe.data(), O_NONBLOCK | O_CLOEXEC) == 0);
  set_up_log({}, pipe[1]);
  directory.write("web.yml", users + "rate_limit: {burst: 1}\n");
  std::string logged;
  CHECK(eventually([&] {
    std::array<char, 4096> line{};
    CHECK(site.get("/metrics", login("alice:old")).status == 200);
    const auto got = ::read(pipe[0], line.data(), line.size());
    if (got > 0) logged.append(line.data(), static_cast<std::size_t>(got));
    return logged.find("rate_limit: is not supported by Holdfast") != std::string::npos;
  }));
  CHECK(site.get("/metrics", login("alice:old")).status == 200);
  CHECK(site.get("/metrics").status == 401);
  set_up_log({LogLevel::error, LogFormat::logfmt}, -1);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_CASE("headers of web.yml replace our own") {
  const Directory directory;
  Site site(with_config(
      directory.write("web.yml",
                      "http_server_config:\n  headers:\n    X-Frame-Options: sameorigin\n"
                      "    Strict-Transport-Security: max-age=31536000\n")));
  REQUIRE(site.error == "");
  const auto page = site.get("/metrics");
  CHECK(page.header("X-Frame-Options") == "sameorigin");
  CHECK(page.count("X-Frame-Options") == 1);
  CHECK(page.header("Strict-Transport-Security") == "max-age=31536000");
}
