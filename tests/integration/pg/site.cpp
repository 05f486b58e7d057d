// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/pg/site.h"

#include <cstdlib>
#include <stdexcept>

#include "checks/run.h"
#include "checks/support/pg/dial.h"

namespace holdfast::test {
namespace {

constexpr const char* kName = "site";
constexpr const char* kPassword = "canary-w4tch";
const Deadline patient() { return {std::chrono::seconds(30), nullptr}; }

}  // namespace

Site::Site() {
  // A database is made once and emptied: making and dropping one waits for the whole server.
  if (server_.query("SELECT count(*) FROM pg_database WHERE datname = 'site'") == "0") {
    server_.run("CREATE ROLE site_app");
    server_.run("CREATE DATABASE site OWNER site_app");
  }
  empty();
  run_file("deploy/sql/role.sql");
  server_.run("ALTER ROLE site_watch PASSWORD '" + std::string(kPassword) + "'");
  database_ = server_.database();
  database_.name = kName;
  database_.dbname = kName;
  database_.user = "site_watch";
  database_.password = Secret::from_value(kPassword);
}

Site::~Site() {
  databases_.reset();
  try {
    empty();
  } catch (const std::exception&) {
    // The next test tries again, and says so if it cannot.
  }
}

void Site::empty() {
  server_.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'site'");
  run("DROP SCHEMA IF EXISTS wa, public CASCADE");
  run("CREATE SCHEMA public AUTHORIZATION site_app");
  run("GRANT USAGE ON SCHEMA public TO PUBLIC");
  server_.run("DROP ROLE IF EXISTS site_watch");
}

Database Site::superuser() const {
  Database made = server_.superuser();
  made.dbname = kName;
  return made;
}

void Site::run(const std::string& sql) {
  auto dialled = dial(superuser(), *resolver_, patient());
  if (dialled.error) throw std::runtime_error("cannot log in: " + dialled.error->text);
  const auto done = dialled.connection.query(sql, patient());
  if (!done) throw std::runtime_error("SQL failed with " + done.error().sqlstate + ": " + sql);
}

void Site::run_file(const std::string& file, const std::string& role) {
  const Database admin = superuser();
  const std::string command =
      "PGPASSWORD='" + admin.password.read().value() + "' PGSSLMODE=require psql -X -q -h " +
      admin.host + " -p " + admin.port + " -U " + admin.user + " -d " + admin.dbname +
      " -v ON_ERROR_STOP=1 -v role=site_watch " +
      (role.empty() ? "" : "-c 'SET ROLE " + role + "' ") + "-f " + HOLDFAST_SOURCE_DIR + "/" +
      file + " >>" + server_.path("psql.log") + " 2>&1";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("psql failed: " + file);
}

void Site::load_sessions() {
  run_file("deploy/demo/sql/schema.sql", "site_app");
  run("ALTER TABLE whatsapp_auth ENABLE ROW LEVEL SECURITY");
  run("ALTER TABLE whatsapp_keys ENABLE ROW LEVEL SECURITY");
  run_file("deploy/sql/whatsapp.sql", "site_app");
  run_file("deploy/sql/whatsapp.sql", "site_app");  // May be run again.
  run(R"(
INSERT INTO whatsapp_auth (company_id, creds) VALUES ('company_962302', '{
  "me": {"id": "79990001122:5@s.whatsapp.net"}, "nextPreKeyId": 293,
  "myAppStateKeyId": "AAA/canary", "signedIdentityKey":
  {"public": {"type": "Buffer", "data": "canary-public"}, "private": "canary-private"}}');
INSERT INTO whatsapp_keys (company_id, key_type, key_id, value, expires_at)
SELECT 'company_962302', type, CASE type WHEN 'pre-key' THEN n::text
         WHEN 'app-state-sync-key' THEN CASE n WHEN 1 THEN 'AAA/canary' ELSE 'AAB' END
         ELSE '79990001122.' || n END,
       '{"private": "canary-value"}', now() + interval '3 days'
FROM (VALUES ('pre-key', 292), ('lid-mapping', 222), ('session', 144), ('sender-key', 60),
             ('app-state-sync-version', 5), ('sender-key-memory', 3), ('app-state-sync-key', 2))
     AS t (type, count), generate_series(1, count) AS n)");
}

Reading Site::run(const Kind& kind, const CheckConfig& config) {
  std::vector<OptionError> errors;
  const auto check = kind.make(config, errors);
  if (!check) throw std::runtime_error("the options of a test do not fit");
  Trace trace;
  Run run{patient(),
          {std::chrono::system_clock::now() +
               std::chrono::duration_cast<std::chrono::system_clock::duration>(later),
           std::chrono::steady_clock::now()},
          memory,
          *databases_,
          *resolver_,
          trace};
  Reading reading = check->run(run);
  if (reading.memory) memory = *reading.memory;
  for (const TraceStep& step : trace.steps()) logged_ += step.text + "\n";
  for (const Finding& finding : reading.findings) logged_ += finding.subject + finding.text + "\n";
  for (const std::string& note : reading.notes) logged_ += note + "\n";
  for (const Sample& sample : reading.samples)
    for (const std::string& label : sample.labels) logged_ += label + "\n";
  logged_ += memory.render();
  return reading;
}

Result<PgRows> Site::query(std::string_view sql) {
  auto lease = databases_->lease(database_, patient());
  if (!lease) return lease.error();
  return (*lease)->query(sql, patient());
}

Limit limit(Unit unit, std::optional<double> warning, std::optional<double> critical) {
  return {.unit = unit, .warning = warning, .critical = critical};
}

std::string codes(const Reading& reading) {
  std::string out;
  if (reading.failure) out = std::string(name_of(reading.failure->reason));
  for (const Finding& finding : reading.findings) out += (out.empty() ? "" : " ") + finding.code;
  return out;
}

std::optional<double> sample(const Reading& reading, std::string_view metric,
                             const std::vector<std::string>& labels) {
  for (const Sample& s : reading.samples)
    if (s.spec->name == metric && s.labels == labels) return s.value;
  return std::nullopt;
}

}  // namespace holdfast::test
