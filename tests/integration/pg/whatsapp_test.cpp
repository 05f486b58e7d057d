// SPDX-License-Identifier: Apache-2.0
// Kind `whatsapp` on a real server, with just the rights of deploy/sql and row security on.
#include <doctest/doctest.h>

#include "checks/whatsapp/judge.h"
#include "tests/integration/pg/site.h"

using namespace holdfast;
using holdfast::test::codes;
using holdfast::test::limit;
using holdfast::test::sample;
using holdfast::test::Site;

namespace {

const std::string kName = "company_962302";

CheckConfig config_for(const Site& site, const std::string& layout = "ai-admin") {
  CheckConfig config{.name = "sessions", .kind = "whatsapp"};
  config.database = site.database();
  config.options.set("layout", layout);
  config.options.set("expired", limit(Unit::count, 100, 500));
  config.options.set("drop", limit(Unit::ratio, 0.05, 0.2));
  config.options.set("expiring", limit(Unit::ratio, 0.5));
  config.options.set("largest_key", limit(Unit::bytes, 262144));
  return config;
}

}  // namespace

TEST_CASE("728 keys and one auth record are complete, read with the shipped rights only") {
  Site site;
  site.load_sessions();
  CheckConfig config = config_for(site);
  config.options.set("auth_records", 1.0);
  const Reading first = site.run(whatsapp_kind(), config);
  CHECK(codes(first) == "");
  CHECK(first.not_judged == std::vector<std::string>{"drop"});
  CHECK(first.notes.at(0) == "1 auth record, 728 live keys in 1 session");
  CHECK(sample(first, "whatsapp_keys", {kName, "pre-key"}) == 292.0);
  CHECK(sample(first, "whatsapp_largest_key_bytes", {kName}).value_or(0) > 10);
  const Reading second = site.run(whatsapp_kind(), config);
  CHECK(codes(second) == "");
  CHECK(second.not_judged.empty());

  for (const char* sql : {"SELECT value FROM whatsapp_keys", "SELECT creds FROM whatsapp_auth",
                          "SELECT * FROM whatsapp_auth"}) {
    const auto refused = site.query(sql);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == Reason::no_right);
  }
  CHECK(site.logged().find("canary") == std::string::npos);
  CHECK(site.logged().find("7999") == std::string::npos);
}

TEST_CASE("keys that are deleted are lost until they are back; expired ones are not lost") {
  Site site;
  site.load_sessions();
  const CheckConfig config = config_for(site);
  site.run(whatsapp_kind(), config);
  site.run("CREATE TABLE saved AS SELECT * FROM whatsapp_keys WHERE key_type = 'session'");
  site.run("DELETE FROM whatsapp_keys WHERE key_type = 'session'");
  CHECK(codes(site.run(whatsapp_kind(), config)) == "whatsapp_keys_lost");
  CHECK(codes(site.run(whatsapp_kind(), config)) == "whatsapp_keys_lost");
  site.run("INSERT INTO whatsapp_keys SELECT * FROM saved");
  CHECK(codes(site.run(whatsapp_kind(), config)) == "");

  site.run("UPDATE whatsapp_keys SET expires_at = now() WHERE key_type = 'session'");
  const Reading expired = site.run(whatsapp_kind(), config);
  CHECK(codes(expired) == "whatsapp_keys_expired");
  CHECK(sample(expired, "whatsapp_expired_keys", {kName}) == 144.0);
  CHECK(sample(expired, "whatsapp_keys", {kName, "session"}) == 0.0);
  site.run("DELETE FROM whatsapp_keys WHERE expires_at <= now()");
  CHECK(codes(site.run(whatsapp_kind(), config)) == "");

  site.run("UPDATE whatsapp_keys SET expires_at = now() + interval '2 hours'");
  CHECK(codes(site.run(whatsapp_kind(), config)) == "whatsapp_keys_expiring");
}

TEST_CASE("credentials that do not fit the keys are seen through the view") {
  Site site;
  site.load_sessions();
  CheckConfig config = config_for(site);
  config.options.set("auth_records", 1.0);
  config.options.set("sessions", std::vector<std::string>{kName});
  site.run(whatsapp_kind(), config);
  struct Row {
    std::string sql, codes;
  };
  for (const Row& row :
       {Row{"UPDATE whatsapp_auth SET creds = creds || '{\"nextPreKeyId\": 200}'",
            "whatsapp_pre_key_id_fell"},
        Row{"UPDATE whatsapp_auth SET creds = creds || '{\"nextPreKeyId\": \"canary\"}'",
            "whatsapp_pre_key_id_fell"},
        Row{"UPDATE whatsapp_keys SET key_id = '293' WHERE key_type = 'pre-key' AND key_id = '5'",
            "whatsapp_pre_keys_beyond"},
        Row{"DELETE FROM whatsapp_keys WHERE key_type = 'pre-key' AND key_id = '292'",
            "whatsapp_last_pre_key_missing"},
        Row{"DELETE FROM whatsapp_keys WHERE key_id = 'AAA/canary'",
            "whatsapp_app_state_key_missing"},
        Row{"UPDATE whatsapp_auth SET creds = creds || '{\"signedIdentityKey\": {\"public\": 1}}'",
            "whatsapp_identity_changed"},
        Row{"UPDATE whatsapp_auth SET creds = '{}'",
            "whatsapp_not_paired whatsapp_identity_changed"},
        Row{"DELETE FROM whatsapp_auth", "whatsapp_auth_records whatsapp_credentials_missing"},
        Row{"DELETE FROM whatsapp_keys WHERE key_type = 'pre-key'", "whatsapp_no_pre_keys"},
        Row{"UPDATE whatsapp_keys SET key_type = 'lid' WHERE key_type = 'pre-key' AND key_id = '7'",
            "whatsapp_unknown_type"}}) {
    CAPTURE(row.sql);
    site.run("CREATE TABLE a AS TABLE whatsapp_auth; CREATE TABLE k AS TABLE whatsapp_keys");
    site.run(row.sql);
    CHECK(codes(site.run(whatsapp_kind(), config)) == row.codes);
    site.run(
        "TRUNCATE whatsapp_auth, whatsapp_keys; INSERT INTO whatsapp_auth TABLE a; "
        "INSERT INTO whatsapp_keys TABLE k; DROP TABLE a, k");
    CHECK(codes(site.run(whatsapp_kind(), config)) == "");
  }
  CHECK(site.logged().find("canary") == std::string::npos);
}

TEST_CASE("a revoked right is unknown, never a loss") {
  Site site;
  site.load_sessions();
  CheckConfig config = config_for(site);
  config.options.set("auth_records", 1.0);
  site.run(whatsapp_kind(), config);
  site.run("REVOKE ALL ON holdfast_whatsapp_credentials FROM site_watch");
  const Reading info = site.run(whatsapp_kind(), config);
  CHECK(codes(info) == "whatsapp_view");
  CHECK(status_of(info) == Status::ok);
  CHECK(info.not_judged == std::vector<std::string>{"credentials"});
  site.run("DROP VIEW holdfast_whatsapp_credentials");
  CHECK(codes(site.run(whatsapp_kind(), config)) == "whatsapp_view");

  site.run("REVOKE ALL ON whatsapp_auth, whatsapp_keys FROM site_watch");
  const Reading blind = site.run(whatsapp_kind(), config);
  CHECK(codes(blind) == "no_right");
  CHECK(status_of(blind) == Status::unknown);
  site.run("DROP TABLE whatsapp_keys CASCADE");
  CHECK(codes(site.run(whatsapp_kind(), config)) == "missing");
}

TEST_CASE("row security without a policy hides all, and the finding says so") {
  Site site;
  site.load_sessions();
  CheckConfig config = config_for(site);
  config.options.set("auth_records", 1.0);
  site.run(
      "DROP POLICY holdfast_reads ON whatsapp_auth; DROP POLICY holdfast_reads ON "
      "whatsapp_keys");
  const Reading reading = site.run(whatsapp_kind(), config);
  REQUIRE(reading.findings.size() == 1);
  CHECK(reading.findings[0].code == "whatsapp_auth_records");
  CHECK(reading.findings[0].text.find("Row security is enabled") != std::string::npos);
}

TEST_CASE("one table with the type in the id is read by its longest prefixes") {
  Site site;
  site.run(R"(
CREATE TABLE "Session" ("pkId" serial PRIMARY KEY, "sessionId" text, id text, data text,
                        UNIQUE ("sessionId", id));
GRANT SELECT ("sessionId", id) ON "Session" TO site_watch;
INSERT INTO "Session" ("sessionId", id, data)
SELECT s, prefix || '-' || n, 'canary-value' FROM (VALUES ('79990001122'), ('o''brien')) AS t (s),
  (VALUES ('pre-key', 30), ('session', 12), ('sender-key-memory', 3), ('sender-key', 25),
          ('app-state-sync-version', 5), ('app-state-sync-key', 1), ('lid', 4)) AS p (prefix, c),
  generate_series(1, c) AS n;
INSERT INTO "Session" ("sessionId", id, data) VALUES ('79990001122', 'creds', 'canary'),
                                                     ('o''brien', 'creds', 'canary'))");
  CheckConfig config = config_for(site, "prefixed");
  config.options.set("auth_records", 2.0);
  const Reading reading = site.run(whatsapp_kind(), config);
  CHECK(codes(reading) == "whatsapp_unknown_type");
  CHECK(sample(reading, "whatsapp_keys", {"o'brien", "sender-key"}) == 25.0);
  CHECK(sample(reading, "whatsapp_keys", {"o'brien", "sender-key-memory"}) == 3.0);
  CHECK(sample(reading, "whatsapp_keys", {"o'brien", "other"}) == 4.0);
  CHECK(reading.notes.at(0) == "2 auth records, 160 live keys in 2 sessions");

  // Between full scans a configured session is read by its index.
  config.options.set("sessions", std::vector<std::string>{"79990001122", "o'brien"});
  site.run("DELETE FROM \"Session\" WHERE id LIKE 'session-%'");
  CHECK(codes(site.run(whatsapp_kind(), config)) ==
        "whatsapp_keys_lost whatsapp_keys_lost whatsapp_unknown_type");
  CHECK(site.logged().find("canary") == std::string::npos);
  CHECK(site.logged().find("79990001122") == std::string::npos);
}

TEST_CASE("tables and columns may be named, and a session may be a uuid") {
  Site site;
  site.run(R"(
CREATE SCHEMA wa;
CREATE TABLE wa.keys (session_id uuid, kind text, name text, value jsonb, changed timestamptz,
                      PRIMARY KEY (session_id, kind, name));
GRANT USAGE ON SCHEMA wa TO site_watch;
GRANT SELECT (session_id, kind, name, changed) ON wa.keys TO site_watch;
INSERT INTO wa.keys SELECT '3b241101-e2bb-4255-8caf-4136c566a962', t, n::text, '{}', now()
FROM (VALUES ('pre-key', 30), ('session', 40), ('creds', 1)) AS p (t, c), generate_series(1, c) n
)");
  CheckConfig config = config_for(site, "columns");
  config.options.set("table", std::string("wa.keys"));
  config.options.set("columns",
                     std::map<std::string, std::string>{
                         {"session", "session_id"}, {"type", "kind"}, {"updated_at", "changed"}});
  config.options.set("auth_records", 1.0);
  config.options.set("sessions", std::vector<std::string>{"3b241101-e2bb-4255-8caf-4136c566a962"});
  const Reading reading = site.run(whatsapp_kind(), config);
  CHECK(codes(reading) == "");
  CHECK(reading.notes.at(0) == "1 auth record, 70 live keys in 1 session");
  CHECK(codes(site.run(whatsapp_kind(), config)) == "");
}
