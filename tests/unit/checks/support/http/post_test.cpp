// SPDX-License-Identifier: Apache-2.0
// The HTTP POST over real TLS: which servers it accepts, and that it ends whatever the server does.
// Authority and certificates are made here; the server is OpenSSL on a loopback port.
#include "checks/support/http/post.h"

#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "checks/base/limits.h"
#include "tests/unit/checks/support/pg/listener.h"
#include "tests/unit/exporter/web/certificates.h"

using namespace holdfast;
using namespace std::chrono_literals;
using holdfast::test::Guest;
using holdfast::test::Listener;
using holdfast::web_test::Identity;
using holdfast::web_test::make_identity;

namespace {

constexpr const char* kToken = "canary-4711-never-to-be-seen";
constexpr const char* kNoContent = "HTTP/1.1 204 No Content\r\n\r\n";

/// A TLS server's side of one connection. OpenSSL works on memory; `Guest` transfers the bytes.
class TlsGuest {
 public:
  TlsGuest(const Guest& guest, const std::string& folder)
      : guest_(guest), context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free) {
    SSL_CTX_use_certificate_file(context_.get(), (folder + "/cert").c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context_.get(), (folder + "/key").c_str(), SSL_FILETYPE_PEM);
    session_.reset(SSL_new(context_.get()));
    SSL_set_bio(session_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  }

  /// False if the client rejected the handshake.
  bool shake_hands() {
    while (SSL_accept(session_.get()) != 1) {
      guest_.say(sent());
      if (!take_in()) return false;
    }
    guest_.say(sent());
    return true;
  }
  /// The request with its body, as far as it was received.
  std::string request() {
    std::string text;
    while (!is_whole(text)) {
      char block[4096];
      const int got = SSL_read(session_.get(), block, sizeof block);
      if (got > 0)
        text.append(block, static_cast<std::size_t>(got));
      else if (!take_in())
        break;
    }
    return text;
  }
  /// The encrypted bytes of a text.
  std::string seal(std::string_view text) {
    SSL_write(session_.get(), text.data(), static_cast<int>(text.size()));
    return sent();
  }

 private:
  static bool is_whole(const std::string& text) {
    const auto head = text.find("\r\n\r\n");
    const auto length = text.find("Content-Length: ");
    if (head == std::string::npos) return false;
    if (length == std::string::npos) return true;
    return text.size() >= head + 4 + std::stoul(text.substr(length + 16));
  }
  bool take_in() {
    const std::string more = guest_.hear();
    return !more.empty() &&
           BIO_write(SSL_get_rbio(session_.get()), more.data(), static_cast<int>(more.size())) > 0;
  }
  std::string sent() {
    char* data = nullptr;
    BIO* out = SSL_get_wbio(session_.get());
    const auto size = BIO_get_mem_data(out, &data);
    std::string text(data, static_cast<std::size_t>(size));
    (void)BIO_reset(out);
    return text;
  }

  const Guest& guest_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> session_{nullptr, &SSL_free};
};

/// What a server does after the handshake and the request.
using Answer = std::function<void(const Guest&, TlsGuest&)>;

Answer say(const std::string& text) {
  return [text](const Guest& guest, TlsGuest& tls) { guest.say(tls.seal(text)); };
}

/// A TLS server with the given certificate.
class TlsServer {
 public:
  TlsServer(const Identity& identity, Answer answer)
      : answer_(std::move(answer)),
        listener_(std::make_unique<Listener>([this](const Guest& guest) { serve(guest); })) {
    folder_.write("cert", identity.certificate);
    folder_.write("key", identity.key);
  }
  ~TlsServer() { listener_.reset(); }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  [[nodiscard]] const std::string& port() const { return listener_->port(); }
  /// All requests received.
  [[nodiscard]] std::string heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  void serve(const Guest& guest) {
    TlsGuest tls(guest, folder_.file("."));
    if (!tls.shake_hands()) return;
    const std::string request = tls.request();
    {
      const std::lock_guard lock(mutex_);
      heard_ += request;
    }
    if (!request.empty()) answer_(guest, tls);
  }

  web_test::Directory folder_;
  const Answer answer_;
  std::mutex mutex_;
  std::string heard_;
  std::unique_ptr<Listener> listener_;
};

/// Resolves every name to this host.
class LoopbackResolver : public Resolver {
 public:
  Result<std::vector<std::string>> resolve(const std::string&, const Deadline&) override {
    return std::vector<std::string>{"127.0.0.1"};
  }
};

/// An authority, and posts that trust only it.
struct Site {
  Identity authority = make_identity("Authority of a test");
  web_test::Directory folder;
  std::string ca_file = folder.write("ca", authority.certificate);

  [[nodiscard]] Identity identity(const std::string& names, long begins = -60,
                                  long ends = 3600) const {
    return make_identity("server", &authority, {names, begins, ends});
  }
  [[nodiscard]] Result<int> post(const std::string& host, const std::string& port,
                                 Duration patience = 30s) const {
    std::string fault;
    const auto url = parse_post_url("https://" + host + ":" + port + "/hook?key=" + kToken, fault);
    REQUIRE(url);
    PostRequest request{.url = *url, .content_type = "text/plain", .body = "The report.\n"};
    request.headers = {{"Authorization", std::string("Bearer ") + kToken}};
    request.ca_file = ca_file;
    LoopbackResolver resolver;
    const auto status = http_post(request, resolver, Deadline(patience, nullptr));
    // No error quotes the request.
    if (!status) CHECK(status.error().text.find(kToken) == std::string::npos);
    return status;
  }
  [[nodiscard]] Result<int> ping(const std::string& port) const {
    std::string fault;
    const auto url = parse_post_url("https://127.0.0.1:" + port + "/beat/" + kToken, fault);
    REQUIRE(url);
    LoopbackResolver resolver;
    return http_ping(*url, ca_file, resolver, Deadline(30s, nullptr));
  }
};

}  // namespace

TEST_CASE("a post over TLS reaches a server with a valid certificate") {
  const Site site;
  for (const auto& [host, names] :
       {std::pair{"127.0.0.1", "IP:127.0.0.1"}, std::pair{"hooks.example", "DNS:hooks.example"},
        std::pair{"eu.hooks.example", "DNS:example,DNS:*.hooks.example"}}) {
    TlsServer server(site.identity(names), say(kNoContent));
    const auto status = site.post(host, server.port());
    REQUIRE_MESSAGE(status.has_value(), names);
    CHECK(*status == 204);
    const std::string heard = server.heard();
    CHECK(heard.starts_with(std::string("POST /hook?key=") + kToken + " HTTP/1.1\r\n"));
    CHECK(heard.find(std::string("Host: ") + host + ":" + server.port()) != std::string::npos);
    CHECK(heard.ends_with("\r\n\r\nThe report.\n"));
  }
}

TEST_CASE("a ping is a GET without a body, sent only to a server with a valid certificate") {
  const Site site;
  TlsServer server(site.identity("IP:127.0.0.1"), say(kNoContent));
  CHECK(site.ping(server.port()).value() == 204);
  const std::string heard = server.heard();
  CHECK(heard.starts_with(std::string("GET /beat/") + kToken + " HTTP/1.1\r\n"));
  CHECK(heard.ends_with("\r\n\r\n"));
  CHECK(heard.find("Content-") == std::string::npos);
  TlsServer stranger(site.identity("IP:127.0.0.2"), say(kNoContent));
  const auto refused = site.ping(stranger.port());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reason::wrong_host);
  CHECK(stranger.heard().empty());
}

TEST_CASE("a server without a valid certificate receives nothing of the request") {
  const Site site;
  const Identity stranger = make_identity("Another authority");
  struct Row {
    const char* host;
    Identity identity;
    Reason reason;
  };
  const std::vector<Row> rows{
      {"127.0.0.1", site.identity("IP:127.0.0.2"), Reason::wrong_host},
      {"hooks.example", site.identity("DNS:other.example"), Reason::wrong_host},
      {"hooks.example", site.identity("DNS:h*.example"), Reason::wrong_host},
      {"127.0.0.1", make_identity("server", &stranger, {.names = "IP:127.0.0.1"}),
       Reason::unknown_authority},
      {"127.0.0.1", make_identity("server", nullptr, {.names = "IP:127.0.0.1"}),
       Reason::unknown_authority},
      {"127.0.0.1", site.identity("IP:127.0.0.1", -7200, -3600), Reason::expired},
      {"127.0.0.1", site.identity("IP:127.0.0.1", 3600, 7200), Reason::not_yet_valid},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    TlsServer server(rows[i].identity, say(kNoContent));
    const auto status = site.post(rows[i].host, server.port());
    REQUIRE_FALSE(status);
    CHECK(status.error().reason == rows[i].reason);
    CHECK(status.error().phase == "tls");
    CHECK(server.heard().empty());
  }
}

TEST_CASE("a server that hangs, sends slowly, disconnects or has no TLS ends within the deadline") {
  const Site site;
  const auto status_of = [&](std::function<void(const Guest&)> serve, Duration patience = 30s) {
    const Listener listener(std::move(serve));
    return site.post("127.0.0.1", listener.port(), patience);
  };
  const auto hung = status_of([](const Guest& guest) { guest.fall_silent(); }, 500ms);
  REQUIRE_FALSE(hung);
  CHECK(hung.error().reason == Reason::timed_out);
  CHECK(hung.error().phase == "tls");
  const auto slammed = status_of([](const Guest& guest) { (void)guest.hear(); });
  REQUIRE_FALSE(slammed);
  CHECK(slammed.error().reason == Reason::tls_failed);
  const auto plain = status_of([](const Guest& guest) { guest.say("HTTP/1.1 400 No\r\n\r\n"); });
  REQUIRE_FALSE(plain);
  CHECK(plain.error().reason == Reason::tls_failed);

  const Identity identity = site.identity("IP:127.0.0.1");
  TlsServer silent(identity, [](const Guest& guest, TlsGuest&) { guest.fall_silent(); });
  TlsServer dripping(identity, [](const Guest& guest, TlsGuest& tls) {
    guest.drip(tls.seal("HTTP/1.1 200 OK\r\nX-Slow: " + std::string(8000, 's')));
  });
  for (TlsServer* server : {&silent, &dripping}) {
    // On a slow machine the handshake alone may take longer than the first deadline.
    Duration patience = 500ms;
    auto status = site.post("127.0.0.1", server->port(), patience);
    while (!status && status.error().phase == "tls" && patience < 1min) {
      patience *= 4;
      status = site.post("127.0.0.1", server->port(), patience);
    }
    REQUIRE_FALSE(status);
    CHECK(status.error().reason == Reason::timed_out);
    CHECK(status.error().phase == "read");
  }
}

TEST_CASE("the status over TLS is returned without waiting for a slow body") {
  const Site site;
  const Identity identity = site.identity("IP:127.0.0.1");
  const auto status_of = [&](Answer answer) {
    TlsServer server(identity, std::move(answer));
    return site.post("127.0.0.1", server.port());
  };
  CHECK(status_of(say("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n")).value() == 500);
  const auto dripped = status_of([](const Guest& guest, TlsGuest& tls) {
    guest.say(tls.seal("HTTP/1.1 200 OK\r\nContent-Length: 8000\r\n\r\n"));
    guest.drip(tls.seal(std::string(8000, 'b')));
  });
  CHECK(dripped.value() == 200);
  const auto endless = status_of(say("HTTP/1.1 200 OK\r\nX-Long: " + std::string(200'000, 'l')));
  REQUIRE_FALSE(endless);
  CHECK(endless.error().reason == Reason::too_large);
  const auto half = status_of(say("HTTP/1.1 200 OK\r\nX-Ha"));
  REQUIRE_FALSE(half);
  CHECK(status_of(say("SMTP\r\n\r\n")).error().reason == Reason::garbage);
}

TEST_CASE("a redirect over TLS is reported and not followed: no other host receives the token") {
  const Site site;
  const Identity identity = site.identity("IP:127.0.0.1");
  std::atomic<int> guests = 0;
  const Listener other([&](const Guest&) { ++guests; });
  for (const std::string target : {"https://127.0.0.1:", "http://127.0.0.1:"}) {
    TlsServer server(identity, say("HTTP/1.1 307 Elsewhere\r\nLocation: " + target + other.port() +
                                   "/\r\n\r\n"));
    CHECK(site.post("127.0.0.1", server.port()).value() == 307);
    CHECK(server.heard().find(kToken) != std::string::npos);
  }
  CHECK(guests == 0);
}
