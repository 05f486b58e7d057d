// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/reference_tables.h"

#include <array>

namespace holdfast {
namespace {

constexpr auto kFile = std::to_array<Setting>({
    {"timezone", "the system's", "an IANA name such as Europe/Moscow, for days and times of day"},
    {"defaults.interval", "`15s`", "how often a check runs"},
    {"defaults.timeout", "`5s`", "maximum duration of a run; at most the interval"},
    {"defaults.confirm", "`3`",
     "consecutive bad readings that open an incident, good ones that close it"},
    {"defaults.retry_interval", "`5s`", "how soon a check runs again after a bad reading"},
    {"history.path", "",
     "the history file: what checks remember across restarts, and the baselines for `check`"},
    {"history.keep", "`90d`", "how long readings are kept"},
    {"heartbeat.url_file", "",
     "file with the URL of an external service that alerts when heartbeats stop; a GET is sent "
     "only while the scheduler works"},
    {"heartbeat.url", "", "alternative to url_file; https or http"},
    {"heartbeat.every", "`1m`", "how often, from 10s to 1d"},
    {"heartbeat.ca_file", "the system's", "the trusted certificate authorities"},
    {"databases", "", "a map by name, see below"},
    {"checks", "", "a list, see below; at least one"},
    {"windows", "", "a list, see below"},
    {"reports", "", "a list, see below"},
});

constexpr auto kDatabase = std::to_array<Setting>({
    {"host", "required", "a host name, an address, or the directory of a socket"},
    {"port", "`5432`", ""},
    {"dbname", "required", ""},
    {"user", "required", ""},
    {"password_file", "",
     "read at each use; a relative path is a systemd credential, or relative to the config file"},
    {"password", "", "only as `${VARIABLE}`; alternative to password_file"},
    {"sslmode", "`verify-full`", "a mode of libpq; anything weaker is a finding"},
    {"sslrootcert", "", "the trusted certificate authorities"},
    {"sslcert", "", "a client certificate, with sslkey"},
    {"sslkey", "", "its key"},
});

constexpr auto kCheck = std::to_array<Setting>({
    {"name", "required", "the label `check` of its series"},
    {"kind", "required", "one of the kinds below"},
    {"interval", "as in defaults", "from 100ms to 1d"},
    {"timeout", "as in defaults", "at most the interval"},
    {"confirm", "as in defaults", "from 1 to 100"},
    {"retry_interval", "as in defaults", "at most the interval"},
});

constexpr auto kWindow = std::to_array<Setting>({
    {"name", "required", ""},
    {"start", "required", "a timestamp, or now"},
    {"length", "required", "from 1m to 365d"},
    {"checks", "required", "names of checks; at least one"},
    {"go_when.coverage", "`99%`", "minimum share of the time with data, for each check"},
    {"go_when.critical", "`0s`", "maximum confirmed critical time of each check"},
    {"go_when.warning", "not judged", "maximum confirmed warning time of each check"},
    {"go_when.latency", "not judged", "maximum p95; one duration, or a map by check"},
    {"go_when.ratios", "not judged", "minimum; one ratio, or a map by name"},
    {"go_when.require", "none", "checks that must have seen activity on every day"},
    {"on_no_go", "`stop`", "stop or restart: whether the window starts again after a no_go"},
});
constexpr auto kReport = std::to_array<Setting>({
    {"at", "required", "the time of day, as \"09:00\", in the time zone of the file"},
    {"window", "the daily health check", "the window whose report is sent"},
    {"to", "required", "a list; each entry has one of file, webhook and telegram"},
    {"file", "", "an absolute path; {date} is replaced by the day"},
    {"format", "by the extension", "text, markdown, html or json; of a file or a webhook"},
    {"webhook.url_file", "", "file with the URL, which often is a secret; read at each use"},
    {"webhook.url", "", "alternative to url_file; https or http"},
    {"webhook.bearer_file", "", "file with a token, sent as Authorization: Bearer"},
    {"webhook.format", "json", "as above"},
    {"webhook.ca_file", "the system's", "the trusted certificate authorities"},
    {"telegram.chat", "required", "the chat's number or @name"},
    {"telegram.token_file", "required", "file with the bot's token; read at each use"},
    {"telegram.api", "https://api.telegram.org", "the server of the API"},
    {"telegram.ca_file", "the system's", "the trusted certificate authorities"},
});

constexpr auto kSections = std::to_array<SettingSection>({
    {"## Sections of the file\n", kFile},
    {"## A database\n", kDatabase},
    {"## A check\n\nThe settings of every check; the others depend on its kind.\n", kCheck},
    {"## A window\n\n"
     "A window is a period in which the criteria must be met; its verdict is `pending`, "
     "`in_progress`, `go`, `no_go` or\n`inconclusive`. `no_go`: a criterion is violated. "
     "`inconclusive`: data is missing, reported as soon as it is certain.\nIf both apply, the "
     "verdict is `no_go`. Missing data never counts towards `go`. Maintenance counts from its "
     "declaration on; more than\n5% of the window makes it inconclusive. The limits apply to each "
     "check separately. While the host was down, checks of\nwhat runs on it count as critical; "
     "all others have no data.\n",
     kWindow},
    {"## A report\n\n"
     "The daemon sends it once a day, retries with increasing delays for a day, and sends a missed "
     "one after a restart.\nA webhook gets a POST with the same `Idempotency-Key` at each attempt. "
     "Redirects are not followed.\n",
     kReport},
});

}  // namespace

std::span<const SettingSection> setting_sections() { return kSections; }

}  // namespace holdfast
