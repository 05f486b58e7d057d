// SPDX-License-Identifier: Apache-2.0
// Are the WhatsApp sessions whole? Pure: what was counted, what the last looks left and the time
// make a reading. Knows no database. Safe from any thread.
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

/// Where the rows are. Names as in the config, unquoted; empty: there is none.
struct Tables {
  Layout layout = Layout::ai_admin;
  std::string keys;  ///< May be "schema.table".
  std::string session, type, id, updated_at, expires_at;
  std::string auth;  ///< Empty: auth records are rows of `keys` of type creds.
  std::string auth_session, auth_updated_at;
  std::string view;  ///< What shows the credentials' scalars.
};

/// The options of one check, in their own types.
struct Settings {
  enum class SessionNames : std::uint8_t { plain, digest };
  std::string database;
  Tables tables;
  std::vector<std::string> sessions;  ///< Looked up in each run.
  SessionNames session_names = SessionNames::plain;
  std::vector<std::string> known_types;
  std::optional<double> auth_records;
  Limit expired, drop, expiring, last_write, largest_key;
};
[[nodiscard]] Settings settings_of(const CheckConfig& config);

/// One session as counted in this look; `name` is how it is shown.
struct Session {
  std::string name;
  bool is_configured = false;
  double auth_records = 0;
  std::optional<double> last_write;  ///< Epoch seconds of the server.
  std::map<std::string, KeyCount> types;
};

/// What the view shows of one session's credentials: no key, no id, no number of a telephone.
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

/// What one look brought home.
struct Facts {
  double at = 0;       ///< Epoch seconds of the server.
  bool whole = false;  ///< The whole table was grouped in this look.
  bool cut = false;    ///< It had more groups than we read.
  bool row_security = false;
  std::optional<double> auth_records;  ///< In all; known in each run where they have a table.
  std::vector<Session> sessions;
  View view = View::not_named;
  std::vector<Credentials> credentials;
  std::map<std::string, double> largest_key;  ///< Bytes by session; only in a whole look.
};

/// The whole table is grouped at most this often: at a million rows it costs a good part of a
/// second.
inline constexpr Duration kWholeEvery = std::chrono::minutes(5);
/// So many sessions are remembered; more are counted together as `_other`.
inline constexpr std::size_t kMaxSessions = 200;
/// Key types of one session; Baileys has ten. More are counted as `other`.
inline constexpr std::size_t kMaxTypes = 24;
/// So many sessions are looked up in each run when the config names none.
inline constexpr std::size_t kMaxFound = 20;
/// Percentages of fewer keys than this say nothing.
inline constexpr double kFewKeys = 20;

/// The types Baileys 7 writes.
[[nodiscard]] const std::vector<std::string>& baileys_types();

[[nodiscard]] bool needs_whole(const Memory& memory, const Now& now);
[[nodiscard]] Reading judge(const Settings& settings, const Facts& facts, const Memory& memory,
                            const Now& now);

}  // namespace whatsapp
}  // namespace holdfast
