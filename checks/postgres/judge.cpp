// SPDX-License-Identifier: Apache-2.0
// Judges failures, latency, certificates and TLS. Pure. The server's statistics are judged in
// judge_facts.cpp.
#include <algorithm>
#include <cmath>

#include "checks/postgres/postgres.h"
#include "checks/support/text/time_text.h"

namespace holdfast {
namespace {

using enum Reason;
// Exported as 0 from the start: the failures that a network or a server can cause, by phase.
const std::vector<std::pair<std::string, std::vector<Reason>>> kFailing{
    {"resolve", {name_not_found, name_server_silent}},
    {"tcp", {refused, unreachable, timed_out, closed}},
    {"tls",
     {timed_out, closed, no_tls, unknown_authority, wrong_host, expired, not_yet_valid,
      tls_failed}},
    {"auth",
     {timed_out, closed, login_refused, no_such_database, too_many_clients, starting_up,
      shutting_down}},
    {"query", {timed_out, closed, shutting_down, cancelled, garbage}},
};

class Judge {
 public:
  Judge(const PostgresSettings& settings, const PostgresFacts& facts, const Memory& memory,
        const Now& now)
      : settings_(settings), facts_(facts), now_(now), state_(load_postgres_state(memory)) {}

  Reading judge() {
    judge_failure();
    judge_latency();
    judge_tls();
    judge_sslmode();
    const bool up = !reading_.failure;
    add("postgres_up", {}, up ? 1 : 0);
    if (up && facts_.was_replaced)
      reading_.notes.push_back("the persistent connection was lost and has been replaced");
    judge_server_facts(settings_, facts_, now_, state_, reading_);
    reading_.memory = save_postgres_state(state_);
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
    for (const auto& [phase, reasons] : kFailing)
      for (const Reason reason : reasons)
        add("postgres_failures_total", {phase, std::string(name_of(reason))}, 0, SampleKind::add);
    // A lost persistent connection that was replaced is not a failure.
    if (facts_.query_error && !facts_.query) fail(*facts_.query_error);
    if (facts_.connect_error) fail(*facts_.connect_error);
  }

  void fail(Error error) {
    add("postgres_failures_total", {error.phase, std::string(name_of(error.reason))}, 1,
        SampleKind::add);
    if (error.text.empty() && error.phase == "query" && error.reason == Reason::timed_out)
      error.text = who() + " did not answer a query on the persistent connection in time (" +
                   render_duration(facts_.query_waited) + ")";
    if (error.text.empty()) error.text = who() + " " + std::string(sentence_of(error.reason));
    reading_.failure = std::move(error);
  }

  void judge_latency() {
    phase("resolve", facts_.phases.resolve);
    phase("tcp", facts_.phases.tcp);
    phase("tls", facts_.phases.tls);
    phase("auth", facts_.phases.auth);
    if (facts_.query) {
      add("postgres_query_duration_seconds", {}, seconds(*facts_.query), SampleKind::observe);
      reading_.find_beyond(
          settings_.latency, seconds(*facts_.query), "postgres_query_slow", "",
          "A query on the persistent connection takes " + render_duration(*facts_.query));
    }
    if (facts_.connect_error) return;
    add("postgres_connect_duration_seconds", {}, seconds(facts_.connect), SampleKind::observe);
    const auto& round_trip = facts_.phases.tcp;
    reading_.find_beyond(
        settings_.connect, seconds(facts_.connect), "postgres_connect_slow", "",
        "A new connection takes " + render_duration(facts_.connect),
        round_trip ? "; one round trip takes " + render_duration(*round_trip) + "." : ".");
    if (facts_.query)
      reading_.notes.push_back("query " + render_duration(*facts_.query) + ", new connection " +
                               render_duration(facts_.connect) + ", " +
                               (facts_.tls.version.empty() ? "without TLS" : facts_.tls.version));
  }

  void phase(const char* name, const std::optional<Duration>& took) {
    if (took)
      add("postgres_connect_phase_duration_seconds", {name}, seconds(*took), SampleKind::observe);
  }

  void judge_tls() {
    if (facts_.connect_error) return;
    if (facts_.tls.version.empty()) {
      reading_.not_judged.emplace_back("certificate");
      return;
    }
    add("postgres_tls_info", {facts_.tls.version, facts_.tls.cipher}, 1);
    for (const Certificate& certificate : facts_.tls.chain) {
      add("postgres_certificate_not_after_timestamp_seconds", {certificate.position},
          epoch_seconds(certificate.not_after));
      add("postgres_certificate_not_before_timestamp_seconds", {certificate.position},
          epoch_seconds(certificate.not_before));
      judge_certificate(certificate);
    }
    judge_round_trips();
  }

  void judge_round_trips() {
    // Not every handshake shows it on a nearby server, so the last observation stays valid.
    if (facts_.tls.second_hello) state_.second_hello = *facts_.tls.second_hello;
    if (!state_.second_hello) return;
    const std::string cost =
        facts_.phases.tcp ? ", +" + render_duration(*facts_.phases.tcp) : std::string();
    reading_.find("postgres_tls_extra_round_trip", Severity::info, "",
                  "The TLS handshake needs an extra round trip (HelloRetryRequest" + cost +
                      "): the server does not accept the key-exchange group that clients offer "
                      "first. Fix: ssl_ecdh_curve (ssl_groups from PostgreSQL 18) on the server.");
  }

  void judge_certificate(const Certificate& certificate) {
    const double left = std::chrono::duration<double>(certificate.not_after - now_.wall).count();
    const std::string day = format_time(certificate.not_after, "%Y-%m-%d");
    reading_.find_beyond(
        settings_.certificate, left, "postgres_certificate_expiring", certificate.position,
        "The " + certificate.position + " certificate \"" + certificate.subject + "\" " +
            (left > 0
                 ? "expires in " + render_value(std::floor(left), Unit::seconds) + ", on " + day
                 : "expired on " + day));
  }

  void judge_sslmode() {
    const Database& database = settings_.database;
    if (database.sslmode == "verify-full" || database.host.starts_with('/')) return;
    reading_.find("postgres_sslmode_weak", Severity::warning, "",
                  "With sslmode " + database.sslmode +
                      (database.sslmode == "verify-ca"
                           ? ", the host name is not verified: any host with a certificate of the "
                             "same authority"
                           : ", the certificate is not verified: any host on the network path") +
                      " can impersonate the server. Fix: sslmode verify-full.");
  }

  const PostgresSettings& settings_;
  const PostgresFacts& facts_;
  const Now& now_;
  PostgresState state_;
  Reading reading_;
};

}  // namespace

Reading judge_postgres(const PostgresSettings& settings, const PostgresFacts& facts,
                       const Memory& memory, const Now& now) {
  return Judge(settings, facts, memory, now).judge();
}

}  // namespace holdfast
