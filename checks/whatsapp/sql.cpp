// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/sql.h"

#include <algorithm>

namespace holdfast::whatsapp {
namespace {

constexpr std::size_t kMaxShownName = 100;  // Longer names are shown as a digest.
constexpr std::string_view kSingleTenant = "'default'";

std::string epoch_of(const std::string& column) {
  return column.empty() ? "NULL::float8" : "extract(epoch FROM max(" + column + "))";
}

// A type that is not a plain word may be a key id in the wrong column: it is never shown.
std::string plain_type(const std::string& type) {
  return "CASE WHEN " + type + " ~ '^[a-z][a-z-]{0,30}$' THEN " + type + " ELSE 'other' END";
}

}  // namespace

Sql::Sql(const Settings& settings, const PgSession& session)
    : settings_(settings), session_(session) {
  const Tables& t = settings.tables;
  const auto column = [&](const TextMap& columns, const char* name) {
    const auto found = columns.find(name);
    const bool is_absent = found == columns.end() || found->second.empty();
    return is_absent ? std::string() : session.quote_name(found->second);
  };
  const auto session_of = [&](const TextMap& columns) {
    const std::string name = column(columns, "session");
    return name.empty() ? std::string(kSingleTenant) : name;
  };
  keys_ = table(t.keys);
  auth_ = t.auth.empty() ? keys_ : table(t.auth);
  key_session_ = session_of(t.columns);
  auth_session_ = t.auth.empty() ? key_session_ : session_of(t.auth_columns);
  last_write_ = epoch_of(column(t.columns, "updated_at"));
  auth_write_ = t.auth.empty() ? last_write_ : epoch_of(column(t.auth_columns, "updated_at"));
  expires_ = column(t.columns, "expires_at");
  is_key_ = is_auth_ = "true";
  if (t.layout == Layout::prefixed) {
    const std::string id = column(t.columns, "id");
    // Longest prefix first: sender-key-memory-… is not a sender-key.
    std::vector<std::string> types = baileys_types();
    std::ranges::stable_sort(types, std::ranges::greater{}, &std::string::size);
    type_ = "CASE";
    for (const std::string& type : types) {
      // `_` and `%` do not occur in them.
      type_ +=
          " WHEN " + id + " LIKE " + session.quote(type + "-%") + " THEN " + session.quote(type);
    }
    type_ += " ELSE 'other' END";
    raw_type_ = type_;
    is_auth_ = id + " = 'creds'";
    is_key_ = id + " <> 'creds'";
    return;
  }
  raw_type_ = column(t.columns, "type");
  const std::string raw = raw_type_ + "::text";
  type_ = plain_type(raw);
  if (t.auth.empty()) {
    is_auth_ = raw + " = 'creds'";
    is_key_ = raw + " <> 'creds'";
  }
}

std::string Sql::table(std::string_view name) const {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return session_.quote_name(name);
  return session_.quote_name(name.substr(0, dot)) + "." + session_.quote_name(name.substr(dot + 1));
}

// A name with eight digits in a row may be a telephone number: only its digest is shown.
std::string Sql::shown(const std::string& expression) const {
  const std::string name = "(" + expression + ")::text";
  std::string digest =
      "'sha256:' || left(encode(sha256(convert_to(" + name + ", 'UTF8')), 'hex'), 12)";
  if (settings_.session_names == Settings::SessionNames::digest) return digest;
  return "CASE WHEN " + name + " ~ '[0-9]{8}' OR length(" + name + ") > " +
         std::to_string(kMaxShownName) + " THEN " + digest + " ELSE " + name + " END";
}

std::string Sql::counts() const {
  if (expires_.empty()) {
    std::string out = "count(*) AS live, 0 AS expired";
    for (std::size_t i = 0; i < Due{}.size(); ++i) out += ", 0 AS due" + std::to_string(i);
    return out;
  }
  std::string out = "count(*) FILTER (WHERE " + expires_ + " IS NULL OR " + expires_ +
                    " > now()) AS live, count(*) FILTER (WHERE " + expires_ +
                    " <= now()) AS expired";
  for (std::size_t i = 0; i < Due{}.size(); ++i) {
    out += ", count(*) FILTER (WHERE " + expires_ + " > now()";
    if (i < kHorizons.size())
      out += " AND " + expires_ + " <= now() + interval '" +
             std::to_string(static_cast<long>(kHorizons.at(i))) + " s'";
    out += ") AS due" + std::to_string(i);
  }
  return out;
}

std::string Sql::overview() const {
  std::string out = "SELECT extract(epoch FROM now()) AS now, row_security_active(" +
                    session_.quote(keys_) + "::regclass) AS row_security";
  if (!settings_.tables.auth.empty())
    out += ", (SELECT count(*) FROM " + auth_ + ") AS auth_records";
  if (!settings_.tables.view.empty()) {
    const std::string view = "to_regclass(" + session_.quote(table(settings_.tables.view)) + ")";
    out += ", CASE WHEN " + view + " IS NULL THEN 'missing' WHEN has_table_privilege(" + view +
           ", 'SELECT') THEN 'seen' ELSE 'no_right' END AS view";
  }
  return out;
}

std::string Sql::sessions() const {
  std::string list;
  if (!settings_.sessions.empty()) {
    // The empty first part gives the names the column's type, so that its index is used.
    list = "SELECT 0::bigint AS n, " + auth_session_ + " AS name FROM " + auth_ + " WHERE false";
    std::size_t n = 0;
    for (const std::string& name : settings_.sessions)
      list += " UNION ALL SELECT " + std::to_string(++n) + ", " + session_.quote(name);
  } else if (!settings_.tables.auth.empty()) {
    list = "SELECT row_number() OVER () AS n, name FROM (SELECT " + auth_session_ +
           " AS name FROM " + auth_ + " ORDER BY 1 LIMIT " + std::to_string(kMaxUnlisted) + ") a";
  } else {
    return {};
  }
  const std::string of_keys = "k." + key_session_;
  const std::string key_where = key_session_ == kSingleTenant ? "" : of_keys + " = s.name AND ";
  const std::string auth_where =
      auth_session_ == kSingleTenant ? "" : "a." + auth_session_ + " = s.name AND ";
  return "WITH s AS MATERIALIZED (" + list + ") SELECT s.n AS position, " + shown("s.name") +
         " AS session, h.auth_records, h.last_write, NULL::text AS type, NULL::bigint AS live, "
         "NULL::bigint AS expired, NULL::bigint AS due0, NULL::bigint AS due1, NULL::bigint AS "
         "due2, NULL::bigint AS due3, NULL::bigint AS due4, NULL::bigint AS due5 FROM s CROSS JOIN "
         "LATERAL (SELECT count(*) AS auth_records, " +
         auth_write_ + " AS last_write FROM " + auth_ + " a WHERE " + auth_where + is_auth_ +
         ") h UNION ALL SELECT s.n, NULL, NULL, g.last_write, g.type, g.live, g.expired, g.due0, "
         "g.due1, g.due2, g.due3, g.due4, g.due5 FROM s CROSS JOIN LATERAL (SELECT " +
         type_ + " AS type, " + last_write_ + " AS last_write, " + counts() + " FROM " + keys_ +
         " k WHERE " + key_where + is_key_ + " GROUP BY 1) g ORDER BY 1";
}

std::string Sql::all_keys() const {
  // Names are digested once a group, not once a row, which would take most of the time.
  std::string sums;
  for (const auto* name : {"live", "expired", "due0", "due1", "due2", "due3", "due4", "due5"})
    sums += std::string(", sum(") + name + ") AS " + name;
  return "SELECT " + shown("g.name") +
         " AS session, g.type, g.last_write, g.live, g.expired, g.due0, g.due1, g.due2, g.due3, "
         "g.due4, g.due5 FROM (SELECT r.name, " +
         plain_type("r.type::text") + " AS type, max(r.last_write) AS last_write" + sums +
         " FROM (SELECT " + key_session_ + " AS name, " + raw_type_ + " AS type, " + last_write_ +
         " AS last_write, " + counts() + " FROM " + keys_ + " WHERE " + is_key_ +
         " GROUP BY 1, 2) r GROUP BY 1, 2) g ORDER BY 1, 2 LIMIT " + std::to_string(kMaxGroups + 1);
}

std::string Sql::all_auth() const {
  return "SELECT " + shown("g.name") + " AS session, g.auth_records, g.last_write FROM (SELECT " +
         auth_session_ + " AS name, count(*) AS auth_records, " + auth_write_ +
         " AS last_write FROM " + auth_ + " WHERE " + is_auth_ +
         " GROUP BY 1) g ORDER BY 1 LIMIT " + std::to_string(kMaxGroups + 1);
}

std::string Sql::credentials() const {
  std::string out = "SELECT " + shown("v.session") +
                    " AS session, has_me, next_pre_key_id, last_pre_key_exists, "
                    "pre_keys_beyond_next, identity_digest, names_app_state_key, "
                    "app_state_key_exists FROM " +
                    table(settings_.tables.view) + " v";
  if (settings_.sessions.empty())
    return out + " ORDER BY v.session LIMIT " + std::to_string(kMaxUnlisted);
  out += " WHERE v.session IN (";
  for (std::size_t i = 0; i < settings_.sessions.size(); ++i)
    out += (i ? ", " : "") + session_.quote(settings_.sessions[i]);
  return out + ")";
}

std::string Sql::largest() const {
  return "SELECT " + shown("v.session") + " AS session, largest_key_bytes AS bytes FROM " +
         table(settings_.tables.view) + " v ORDER BY v.session LIMIT " +
         std::to_string(kMaxSessions);
}

}  // namespace holdfast::whatsapp
