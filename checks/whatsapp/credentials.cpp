// SPDX-License-Identifier: Apache-2.0
// Whether the credentials match the keys. Sees only what the view shows of them.
#include <algorithm>

#include "checks/whatsapp/judge_parts.h"

namespace holdfast::whatsapp {
namespace {

template <class Map>
auto value_of(const Map& map, const std::string& name) {
  const auto found = map.find(name);
  return found == map.end() ? std::nullopt : std::optional(found->second);
}

void judge_counters(const Credentials& seen, const Known& session, std::optional<double> highest,
                    Reading& reading) {
  const auto find = [&](const char* code, Severity severity, const std::string& text) {
    reading.find(code, severity, seen.name, text);
  };
  const auto& next = seen.next_pre_key_id;
  if (!next) {
    find("whatsapp_pre_key_id_fell", Severity::critical,
         "The credentials of " + seen.name + " no longer contain the next pre-key id.");
  } else if (highest && *next < *highest) {
    find("whatsapp_pre_key_id_fell", Severity::critical,
         "The next pre-key id of " + seen.name + " fell from " + number_text(*highest) + " to " +
             number_text(*next) + ": an old copy of the credentials was restored.");
  } else if (seen.pre_keys_beyond_next > 0) {
    find("whatsapp_pre_keys_beyond", Severity::critical,
         render_count(seen.pre_keys_beyond_next, "pre-key") + " of " + seen.name +
             (seen.pre_keys_beyond_next == 1 ? " has an id" : " have ids") + " of " +
             number_text(*next) +
             " or above, which the credentials have not issued yet: the credentials are older "
             "than the keys.");
  } else if (session.live("pre-key") > 0 && *next > 1 && !seen.last_pre_key_exists) {
    find("whatsapp_last_pre_key_missing", Severity::warning,
         "The newest pre-key of " + seen.name + " (before id " + number_text(*next) +
             ") is missing, although it was published to WhatsApp.");
  }
}

}  // namespace

void judge_credentials(const Credentials& seen, const Known& session,
                       const CredentialsBaseline& old, CredentialsBaseline& kept,
                       Reading& reading) {
  if (!seen.has_me) {
    reading.find("whatsapp_not_paired", Severity::critical, seen.name,
                 "The credentials of " + seen.name +
                     " are not linked to an account: link the session to its phone again.");
  }
  const std::string first = value_of(old.identity, seen.name).value_or(seen.identity);
  if (!first.empty()) kept.identity[seen.name] = first;
  if (first != seen.identity) {
    reading.find("whatsapp_identity_changed", Severity::critical, seen.name,
                 "The identity of " + seen.name +
                     (seen.identity.empty() ? " is missing from its credentials"
                                            : " changed: its credentials were recreated or copied "
                                              "from another account") +
                     ", and the existing keys no longer match. Restore the credentials, or accept "
                     "the new baseline if the session was linked again on purpose.");
    return;  // The counters are those of another account.
  }
  const auto highest = value_of(old.next_pre_key_id, seen.name);
  if (const auto top = std::max(highest, seen.next_pre_key_id))
    kept.next_pre_key_id[seen.name] = *top;
  judge_counters(seen, session, highest, reading);
  if (seen.names_app_state_key && !seen.app_state_key_exists) {
    reading.find("whatsapp_app_state_key_missing", Severity::warning, seen.name,
                 "The credentials of " + seen.name +
                     " refer to an app-state key that is missing: contacts and chats stop "
                     "syncing.");
  }
}

}  // namespace holdfast::whatsapp
