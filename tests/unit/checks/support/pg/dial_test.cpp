// SPDX-License-Identifier: Apache-2.0
// Connecting to servers that fail in one phase each: the reason, and that it ends in time.
#include "checks/support/pg/dial.h"

#include <doctest/doctest.h>

#include "checks/support/io/resolver.h"
#include "checks/support/pg/failure.h"
#include "tests/unit/checks/support/pg/listener.h"

using namespace holdfast;
using holdfast::test::Guest;
using holdfast::test::Listener;
using std::chrono::milliseconds;

namespace {

using namespace std::string_literals;
constexpr auto kShort = milliseconds(250);
constexpr auto kLong = std::chrono::seconds(30);

Database database_at(const std::string& port, const std::string& sslmode) {
  Database made;
  made.name = "demo";
  made.host = "127.0.0.1";
  made.port = port;
  made.dbname = "app";
  made.user = "holdfast";
  made.password = Secret::from_value("canary-s3cret");
  made.sslmode = sslmode;
  return made;
}

Error dial_error(const Database& database, Deadline::Clock::duration timeout) {
  const auto resolver = make_resolver();
  const auto dialled = dial(database, *resolver, Deadline(timeout, nullptr));
  REQUIRE(dialled.error);
  CHECK_FALSE(dialled.connection);
  CHECK(dialled.error->text.find("canary") == std::string::npos);
  return *dialled.error;
}

/// An ErrorResponse of the protocol; its texts are canaries too.
std::string error_response(const std::string& state) {
  const std::string body = "SFATAL\0"s + "VFATAL\0"s + "C" + state + "\0"s +
                           "Mcanary text of the server\0"s + "Dcanary detail\0\0"s;
  const auto size = body.size() + 4;
  return "E"s + '\0' + '\0' + static_cast<char>(size / 256) + static_cast<char>(size % 256) + body;
}

}  // namespace

TEST_CASE("a server that fails in one phase gets that phase's reason") {
  struct Row {
    const char* what;
    std::function<void(const Guest&)> serve;
    const char* sslmode;
    bool hangs;  // Ends only by the deadline.
    const char* phase;
    Reason reason;
  };
  const auto listen_tls = [](const Guest& guest) {
    (void)guest.hear();
    guest.say("S");
    (void)guest.hear();
  };
  const Row rows[] = {
      {"never answers", [](const Guest& g) { g.fall_silent(); }, "require", true, "tls",
       Reason::timed_out},
      {"closes at once", [](const Guest&) {}, "require", false, "tls", Reason::closed},
      {"has no TLS",
       [](const Guest& g) {
         (void)g.hear();
         g.say("N");
         g.fall_silent();
       },
       "require", false, "tls", Reason::no_tls},
      {"answers the request for TLS with garbage",
       [](const Guest& g) {
         (void)g.hear();
         g.say("?!?!?!");
         g.fall_silent();
       },
       "require", false, "tls", Reason::garbage},
      {"falls silent in the handshake",
       [&](const Guest& g) {
         listen_tls(g);
         g.fall_silent();
       },
       "require", true, "tls", Reason::timed_out},
      {"closes in the handshake", listen_tls, "require", false, "tls", Reason::closed},
      {"sends garbage in the handshake",
       [&](const Guest& g) {
         listen_tls(g);
         g.say("HTTP/1.1 400 Bad Request\r\n\r\n");
         g.fall_silent();
       },
       "require", false, "tls", Reason::tls_failed},
      {"drips a record of the handshake",
       [&](const Guest& g) {
         listen_tls(g);
         g.say("\x16\x03\x03\x40\x00"s);
         g.drip("x");
       },
       "require", true, "tls", Reason::timed_out},
      {"never answers the login", [](const Guest& g) { g.fall_silent(); }, "disable", true, "auth",
       Reason::timed_out},
      {"closes in the login", [](const Guest& g) { (void)g.hear(); }, "disable", false, "auth",
       Reason::closed},
      {"answers the login with garbage",
       [](const Guest& g) {
         (void)g.hear();
         g.say("HTTP/1.1 400 Bad Request\r\n\r\n");
         g.fall_silent();
       },
       "disable", false, "auth", Reason::garbage},
      {"drips in the login",
       [](const Guest& g) {
         (void)g.hear();
         g.say("R\0\0\x01\0"s);
         g.drip("x");
       },
       "disable", true, "auth", Reason::timed_out},
      {"lets us in and then floods us with settings",
       [](const Guest& g) {
         (void)g.hear();
         g.say("R\0\0\0\x08\0\0\0\0"s);
         std::string settings;
         for (int i = 0; i < 1000; ++i)
           settings +=
               "S\0\0\0\x08"
               "a\0b\0"s;
         g.flood(settings);
       },
       "disable", true, "auth", Reason::timed_out},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Listener listener(row.serve);
    const Error error =
        dial_error(database_at(listener.port(), row.sslmode), row.hangs ? kShort : kLong);
    CHECK(name_of(error.reason) == name_of(row.reason));
    CHECK(error.phase == row.phase);
  }
}

TEST_CASE("a refusal of the server is classified by its SQLSTATE, and its text is dropped") {
  struct Row {
    const char* state;
    Reason reason;
    const char* text;
  };
  for (const Row& row :
       {Row{"28P01", Reason::login_refused,
            "the database demo rejected the login: password authentication failed for user "
            "holdfast (SQLSTATE 28P01)"},
        Row{"28000", Reason::login_refused,
            "the database demo rejected the login of user holdfast (SQLSTATE 28000)"},
        Row{"3D000", Reason::no_such_database, "the database demo has no database named app"},
        Row{"53300", Reason::too_many_clients,
            "the database demo rejects new connections: too many clients are connected "
            "(SQLSTATE 53300)"},
        Row{"57P03", Reason::starting_up, "the database demo is starting up (SQLSTATE 57P03)"},
        Row{"57P01", Reason::shutting_down, "the database demo is shutting down (SQLSTATE 57P01)"},
        Row{"08P01", Reason::closed,
            "the database demo closed the connection during the login (SQLSTATE 08P01)"}}) {
    CAPTURE(row.state);
    const Listener listener([&](const Guest& guest) {
      (void)guest.hear();
      guest.say(error_response(row.state));
    });
    const Error error = dial_error(database_at(listener.port(), "disable"), kLong);
    CHECK(name_of(error.reason) == name_of(row.reason));
    CHECK(error.sqlstate == row.state);
    CHECK(error.phase == "auth");
    CHECK(error.text == row.text);
  }
}

TEST_CASE("a port without a listener refuses connections, and stop ends a dial at once") {
  std::string port;
  {
    const Listener gone([](const Guest&) {});
    port = gone.port();
  }
  const Error refused = dial_error(database_at(port, "require"), kLong);
  CHECK(refused.reason == Reason::refused);
  CHECK(refused.phase == "tcp");
  CHECK(refused.text ==
        "the database demo refuses connections: nothing listens on 127.0.0.1:" + port);

  const Listener silent([](const Guest& guest) { guest.fall_silent(); });
  StopEvent stop;
  stop.fire();
  const auto resolver = make_resolver();
  const auto dialled = dial(database_at(silent.port(), "require"), *resolver,
                            Deadline(std::chrono::hours(1), &stop));
  REQUIRE(dialled.error);
  CHECK(dialled.error->reason == Reason::stopped);
}

TEST_CASE("the first address that works is used, and a silent one does not use up the time") {
  class TwoAddresses final : public Resolver {
   public:
    Result<std::vector<std::string>> resolve(const std::string&, const Deadline&) override {
      return std::vector<std::string>{"127.0.0.2", "127.0.0.1"};
    }
  };
  const Listener listener([](const Guest& guest) { guest.fall_silent(); });
  TwoAddresses resolver;
  Database database = database_at(listener.port(), "require");
  database.host = "db.example";
  const auto dialled = dial(database, resolver, Deadline(kShort, nullptr));
  REQUIRE(dialled.error);
  CHECK(dialled.address == "127.0.0.1");
  CHECK(dialled.error->phase == "tls");
}

TEST_CASE("a secret that cannot be read gives no_secret, and nothing is dialled") {
  Database database = database_at("1", "require");
  database.password = Secret::from_file("/nonexistent/password");
  const Error error = dial_error(database, kLong);
  CHECK(error.reason == Reason::no_secret);
  CHECK(status_of(error.reason) == Status::unknown);
}

TEST_CASE("libpq's messages are classified") {
  struct Row {
    const char* message;
    const char* phase;
    Reason reason;
  };
  for (const Row& row :
       {Row{"connection to server at \"h\" (::1), port 1 failed: Connection refused\n", "tcp",
            Reason::refused},
        Row{"failed: No route to host\n", "tcp", Reason::unreachable},
        Row{"failed: Network is unreachable\n", "tcp", Reason::unreachable},
        Row{"failed: Connection timed out\n", "tcp", Reason::timed_out},
        Row{"failed: SSL SYSCALL error: Connection reset by peer\n", "tls", Reason::closed},
        Row{"failed: SSL SYSCALL error: EOF detected\n", "tls", Reason::closed},
        Row{"failed: SSL error: wrong version number\n", "tls", Reason::tls_failed},
        Row{"failed: SSL error: tlsv1 alert protocol version\n", "tls", Reason::tls_failed},
        Row{"failed: could not read certificate file \"x\": no start line\n", "tls",
            Reason::no_secret},
        Row{"failed: FATAL:  28P01\n", "auth", Reason::login_refused},
        Row{"failed: something nobody has seen\n", "auth", Reason::garbage},
        Row{"", "tcp", Reason::unreachable}}) {
    CAPTURE(row.message);
    const Error error = classify(row.message, row.phase, std::nullopt);
    CHECK(name_of(error.reason) == name_of(row.reason));
    CHECK(error.text.empty());
  }
}
