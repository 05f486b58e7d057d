// SPDX-License-Identifier: Apache-2.0
// From one look to the reading: the failure, latency and certificates. Pure. What the server says
// of itself is judged in judge_facts.cpp.
#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include "checks/postgres/judge_facts.h"
#include "checks/postgres/postgres.h"

namespace holdfast {
namespace {

constexpr const char* kSecondHelloKey = "second_hello";

struct Failing {
  std::string_view phase;
  std::vector<Reason> reasons;
};
// The pairs whose counters stand at 0 from the start: those a network and a server can cause.
const std::vector<Failing> kFailing{
    {"resolve", {Reason::name_not_found, Reason::name_server_silent}},
    {"tcp", {Reason::refused, Reason::unreachable, Reason::timed_out, Reason::closed}},
    {"tls",
     {Reason::timed_out, Reason::closed, Reason::no_tls, Reason::unknown_authority,
      Reason::wrong_host, Reason::expired, Reason::not_yet_valid, Reason::tls_failed}},
    {"auth",
     {Reason::timed_out, Reason::closed, Reason::login_refused, Reason::no_such_database,
      Reason::too_many_clients, Reason::starting_up, Reason::shutting_down}},
    {"query",
     {Reason::timed_out, Reason::closed, Reason::shutting_down, Reason::cancelled,
      Reason::garbage}},
};

std::string render_day(std::chrono::system_clock::time_point t) {
  const std::time_t instant = std::chrono::system_clock::to_time_t(t);
  std::tm broken{};
  ::gmtime_r(&instant, &broken);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d", &broken);
  return text.data();
}

/// Builds one reading out of one look.
class Judge {
 public:
  Judge(const PostgresSettings& settings, const PostgresLook& look, const Memory& memory,
        const Now& now)
      : settings_(settings), look_(look), now_(now) {
    reading_.memory = memory;
  }

  Reading judge() {
    judge_failure();
    judge_latency();
    judge_tls();
    judge_sslmode();
    const bool up = !reading_.failure;
    add("postgres_up", {}, up ? 1 : 0);
    if (up && look_.kept_was_lost)
      reading_.notes.push_back("the kept connection had been lost and was made anew");
    judge_server_facts(settings_, look_, now_, reading_);
    return std::move(reading_);
  }

 private:
  void add(std::string_view metric, std::vector<std::string> labels, double value,
           SampleKind kind = SampleKind::set) {
    reading_.samples.push_back(
        {&postgres_kind().metric(metric), std::move(labels), value, kind, {}});
  }
  [[nodiscard]] std::string who() const { return "the database " + settings_.database.name; }

  void judge_failure() {
    for (const Failing& row : kFailing)
      for (const Reason reason : row.reasons)
        add("postgres_failures_total", {std::string(row.phase), std::string(name_of(reason))}, 0,
            SampleKind::add);
    // A kept connection that merely died has been replaced by now, and its end is no failure.
    if (look_.query_error && !look_.query) fail(*look_.query_error);
    if (look_.connect_error) fail(*look_.connect_error);
  }

  void fail(Error error) {
    add("postgres_failures_total", {error.phase, std::string(name_of(error.reason))}, 1,
        SampleKind::add);
    if (error.text.empty() && error.phase == "query" && error.reason == Reason::timed_out)
      error.text = who() + " did not answer a query on the kept connection in time (" +
                   render_duration(look_.query_waited) + ")";
    if (error.text.empty()) error.text = who() + " " + std::string(sentence_of(error.reason));
    reading_.failure = std::move(error);
  }

  void judge_latency() {
    phase("resolve", look_.phases.resolve);
    phase("tcp", look_.phases.tcp);
    phase("tls", look_.phases.tls);
    phase("auth", look_.phases.auth);
    if (look_.query) {
      add("postgres_query_duration_seconds", {}, seconds(*look_.query), SampleKind::observe);
      slow("postgres_query_slow", "a query on the kept connection", *look_.query,
           settings_.latency);
    }
    if (look_.connect_error) return;
    add("postgres_connect_duration_seconds", {}, seconds(look_.connect), SampleKind::observe);
    slow("postgres_connect_slow", "a fresh connection", look_.connect, settings_.connect);
    if (look_.query)
      reading_.notes.push_back("query " + render_duration(*look_.query) + ", fresh connection " +
                               render_duration(look_.connect) + tls_note());
  }

  [[nodiscard]] std::string tls_note() const {
    return look_.tls.version.empty() ? ", without TLS" : ", " + look_.tls.version;
  }

  void phase(const char* name, const std::optional<Duration>& took) {
    if (took)
      add("postgres_connect_phase_duration_seconds", {name}, seconds(*took), SampleKind::observe);
  }

  void slow(const char* code, const std::string& what, Duration took, const Limit& limit) {
    const Status status = limit.judge(seconds(took));
    if (status == Status::ok) return;
    std::string text = what + " takes " + render_duration(took) + ", more than the " +
                       render_value(*limit.bound(status), limit.unit) + " allowed";
    if (look_.phases.tcp && what == "a fresh connection")
      text += " (one round trip is " + render_duration(*look_.phases.tcp) + ")";
    reading_.find(code, severity_of(status), "", std::move(text));
  }

  void judge_tls() {
    if (look_.connect_error) return;
    if (look_.tls.version.empty()) {
      reading_.not_judged.emplace_back("certificate");
      return;
    }
    add("postgres_tls_info", {look_.tls.version, look_.tls.cipher}, 1);
    for (const Certificate& certificate : look_.tls.chain) {
      add("postgres_certificate_not_after_timestamp_seconds", {certificate.position},
          epoch_seconds(certificate.not_after));
      add("postgres_certificate_not_before_timestamp_seconds", {certificate.position},
          epoch_seconds(certificate.not_before));
      judge_certificate(certificate);
    }
    judge_round_trips();
  }

  void judge_round_trips() {
    // Not always to be seen on a near server: what was seen last stands.
    if (look_.tls.second_hello)
      reading_.memory->set(kSecondHelloKey, *look_.tls.second_hello ? 1.0 : 0.0);
    if (reading_.memory->number(kSecondHelloKey).value_or(0) == 0) return;
    const std::string price =
        look_.phases.tcp ? " (" + render_duration(*look_.phases.tcp) + ")" : "";
    reading_.find("postgres_tls_extra_round_trip", Severity::info, "",
                  "the TLS handshake takes one round trip more than it must" + price +
                      ": the server does not take the curve that clients offer first");
  }

  void judge_certificate(const Certificate& certificate) {
    const double left = std::chrono::duration<double>(certificate.not_after - now_.wall).count();
    const Status status = settings_.certificate.judge(left);
    if (status == Status::ok) return;
    const auto& limit = settings_.certificate;
    const std::string whose =
        "the " + certificate.position + " certificate \"" + certificate.subject + "\" ";
    const std::string when = left > 0
                                 ? "expires in " + render_value(std::floor(left), Unit::seconds) +
                                       ", on " + render_day(certificate.not_after)
                                 : "has expired on " + render_day(certificate.not_after);
    reading_.find("postgres_certificate_expiring", severity_of(status), certificate.position,
                  whose + when + "; " + render_value(*limit.bound(status), limit.unit) +
                      " is the least that is wanted");
  }

  void judge_sslmode() {
    const Database& database = settings_.database;
    if (database.sslmode == "verify-full" || database.host.starts_with('/')) return;
    const bool authority = database.sslmode == "verify-ca";
    reading_.find(
        "postgres_sslmode_weak", Severity::warning, "",
        "sslmode " + database.sslmode +
            (authority ? " takes any host with a certificate of that authority for the server"
                       : " lets anybody on the way pose as the server") +
            "; verify-full does not");
  }

  const PostgresSettings& settings_;
  const PostgresLook& look_;
  const Now& now_;
  Reading reading_;
};

}  // namespace

Reading judge_postgres(const PostgresSettings& settings, const PostgresLook& look,
                       const Memory& memory, const Now& now) {
  return Judge(settings, look, memory, now).judge();
}

}  // namespace holdfast
