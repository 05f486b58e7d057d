// SPDX-License-Identifier: Apache-2.0
// Whether the WhatsApp sessions are complete. Pure: a reading from the counts of this run, the
// memory of earlier ones and the time. Safe from any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.h"
#include "checks/run.h"
#include "checks/whatsapp/high_water_mark.h"

namespace holdfast {

[[nodiscard]] const Kind& whatsapp_kind();

namespace whatsapp {

enum class Layout : std::uint8_t { ai_admin, prefixed, columns };

/// Where the rows are. Names as in the config, unquoted; empty or absent: there is none.
struct Tables {
  Layout layout = Layout::ai_admin;
  std::string keys;      ///< May be "schema.table".
  TextMap columns;       ///< Of `keys`: session, type, id, updated_at, expires_at.
  std::string auth;      ///< Empty: auth records are rows of `keys` of type creds.
  TextMap auth_columns;  ///< session, updated_at
  std::string view;      ///< Shows the scalar values of the credentials.
};

/// The options of one check, in their own types.
struct Settings {
  enum class SessionNames : std::uint8_t { plain, digest };
  std::string database;
  Tables tables;
  std::vector<std::string> sessions;  ///< Read in each run.
  SessionNames session_names = SessionNames::plain;
  std::vector<std::string> known_types;
  std::optional<double> auth_records;
  Limit expired, drop, expiring, last_write, largest_key;
};
[[nodiscard]] Settings settings_of(const CheckConfig& config);

/// One session as counted in this run; `name` is how it is shown.
struct Session {
  std::string name;
  bool is_configured = false;
  double auth_records = 0;
  std::optional<double> last_write;  ///< Epoch seconds of the server.
  std::map<std::string, KeyCount> types;
};

/// What the view shows of one session's credentials: no key, key id or telephone number.
struct Credentials {
  std::string name;
  bool has_me = false;
  std::optional<double> next_pre_key_id;
  bool last_pre_key_exists = false;
  double pre_keys_beyond_next = 0;
  std::string identity;  ///< A digest; empty when there is none.
  bool names_app_state_key = false;
  bool app_state_key_exists = false;
};

enum class View : std::uint8_t { seen, not_named, missing, no_right, outdated };

/// What one run read.
struct Facts {
  double at = 0;              ///< Epoch seconds of the server.
  bool is_full_scan = false;  ///< All keys were grouped, not only those of single sessions.
  bool is_truncated = false;  ///< The full scan had more groups than are read.
  bool row_security = false;
  std::optional<double> auth_records;  ///< In total; known in each run if they have a table.
  std::vector<Session> sessions;
  View view = View::not_named;
  std::vector<Credentials> credentials;
  std::map<std::string, double> largest_key;  ///< Bytes by session; full scans only.
};

/// How often all keys are grouped: with a million rows it takes a good part of a second.
inline constexpr Duration kFullScanInterval = std::chrono::minutes(5);
/// Sessions kept one by one; more are counted together as `_other`.
inline constexpr std::size_t kMaxSessions = 200;
/// Key types of one session; Baileys has ten. More are counted as `other`.
inline constexpr std::size_t kMaxTypes = 24;
/// Sessions read in each run when the config lists none.
inline constexpr std::size_t kMaxUnlisted = 20;
/// Ratios of fewer keys than this are not judged.
inline constexpr double kMinKeysForRatio = 20;

/// The types Baileys 7 writes.
[[nodiscard]] const std::vector<std::string>& baileys_types();

[[nodiscard]] bool needs_full_scan(const Memory& memory, const Now& now);
[[nodiscard]] Reading judge(const Settings& settings, const Facts& facts, const Memory& memory,
                            const Now& now);

}  // namespace whatsapp
}  // namespace holdfast
