// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/credentials.h"

#include <algorithm>

#include "checks/whatsapp/text.h"

namespace holdfast::whatsapp {
namespace {

class CredentialsJudge {
 public:
  CredentialsJudge(const Credentials& credentials, const Known& session, const CredentialsBaseline& old,
            CredentialsBaseline& kept)
      : seen_(credentials), session_(session), old_(old), kept_(kept) {}

  std::vector<Finding> judge() {
    if (!seen_.has_me) {
      find("whatsapp_not_paired", Severity::critical,
           "The credentials of " + seen_.name +
               " are not linked to an account: link the session to its phone again.");
    }
    // After a change of identity the counters are those of another account.
    if (identity_changed()) return std::move(findings_);
    judge_counters();
    if (seen_.names_app_state_key && !seen_.app_state_key_exists) {
      find("whatsapp_app_state_key_missing", Severity::warning,
           "The credentials of " + seen_.name +
               " refer to an app-state key that is missing: contacts and chats stop syncing.");
    }
    return std::move(findings_);
  }

 private:
  bool identity_changed() {
    const auto known = old_.identity.find(seen_.name);
    const std::string first = known == old_.identity.end() ? seen_.identity : known->second;
    if (!first.empty()) kept_.identity[seen_.name] = first;
    if (first == seen_.identity) return false;
    find("whatsapp_identity_changed", Severity::critical,
         "The identity of " + seen_.name +
             (seen_.identity.empty() ? " is missing from its credentials"
                                     : " changed: its credentials were recreated or copied from "
                                       "another account") +
             ", and the existing keys no longer match. Restore the credentials, or accept the new "
             "baseline if the session was linked again on purpose.");
    return true;
  }

  void judge_counters() {
    const auto known = old_.next_pre_key_id.find(seen_.name);
    const auto highest =
        known == old_.next_pre_key_id.end() ? std::nullopt : std::optional(known->second);
    const auto& next = seen_.next_pre_key_id;
    if (const auto top = std::max(highest, next)) kept_.next_pre_key_id[seen_.name] = *top;
    if (!next) {
      find("whatsapp_pre_key_id_fell", Severity::critical,
           "The credentials of " + seen_.name + " no longer contain the next pre-key id.");
      return;
    }
    const bool has_pre_keys = session_.live("pre-key") > 0;
    if (highest && *next < *highest) {
      find("whatsapp_pre_key_id_fell", Severity::critical,
           "The next pre-key id of " + seen_.name + " fell from " + number_text(*highest) + " to " +
               number_text(*next) + ": an old copy of the credentials was restored.");
    } else if (seen_.pre_keys_beyond_next > 0) {
      find("whatsapp_pre_keys_beyond", Severity::critical,
           render_count(seen_.pre_keys_beyond_next, "pre-key") + " of " + seen_.name +
               (seen_.pre_keys_beyond_next == 1 ? " has an id" : " have ids") + " of " +
               number_text(*next) +
               " or above, which the credentials have not issued yet: the credentials are older "
               "than the keys.");
    } else if (has_pre_keys && *next > 1 && !seen_.last_pre_key_exists) {
      find("whatsapp_last_pre_key_missing", Severity::warning,
           "The newest pre-key of " + seen_.name + " (before id " + number_text(*next) +
               ") is missing, although it was published to WhatsApp.");
    }
  }

  void find(std::string code, Severity severity, std::string text) {
    findings_.push_back({std::move(code), severity, seen_.name, std::move(text)});
  }

  const Credentials& seen_;
  const Known& session_;
  const CredentialsBaseline& old_;
  CredentialsBaseline& kept_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> judge_credentials(const Credentials& credentials, const Known& session,
                                       const CredentialsBaseline& old, CredentialsBaseline& kept) {
  return CredentialsJudge(credentials, session, old, kept).judge();
}

}  // namespace holdfast::whatsapp
