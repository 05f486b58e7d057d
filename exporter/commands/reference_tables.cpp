// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/reference_tables.h"

#include <array>

namespace holdfast {
namespace {

constexpr auto kFile = std::to_array<Setting>({
    {"timezone", "the system's", "an IANA name such as Europe/Moscow; days and hours count in it"},
    {"defaults.interval", "`15s`", "how often a check looks"},
    {"defaults.timeout", "`5s`", "when a look is given up; never longer than the interval"},
    {"defaults.confirm", "`3`",
     "bad readings in a row that open an incident, good ones that close it"},
    {"defaults.retry_interval", "`5s`", "how soon a bad reading is looked at again"},
    {"history.path", "",
     "the history file: what checks remember outlives a restart, and `check` has its baselines"},
    {"history.keep", "`90d`", "how long it keeps what it saw"},
    {"heartbeat.url_file", "",
     "holds the URL of a service elsewhere that tells somebody when no sign of life comes; it gets "
     "a GET only while the scheduler turns"},
    {"heartbeat.url", "", "instead of url_file; https or http"},
    {"heartbeat.every", "`1m`", "how often, from 10s to 1d"},
    {"heartbeat.ca_file", "the system's", "the authorities to trust"},
    {"databases", "", "by name, see below"},
    {"checks", "", "a list, see below; at least one"},
    {"windows", "", "a list, see below"},
    {"reports", "", "a list, see below"},
});

constexpr auto kDatabase = std::to_array<Setting>({
    {"host", "required", "a name, an address, or the folder of a socket"},
    {"port", "`5432`", ""},
    {"dbname", "required", ""},
    {"user", "required", ""},
    {"password_file", "",
     "read at each use; a relative path is one of systemd's credentials, or "
     "lies beside the config"},
    {"password", "", "only as `${VARIABLE}`; instead of password_file"},
    {"sslmode", "`verify-full`", "as libpq names them; anything weaker is a finding"},
    {"sslrootcert", "", "the certificates to trust"},
    {"sslcert", "", "a client certificate, with sslkey"},
    {"sslkey", "", "its key"},
});

constexpr auto kCheck = std::to_array<Setting>({
    {"name", "required", "the label `check` of its series"},
    {"kind", "required", "one of the kinds below"},
    {"interval", "as in defaults", "from 100ms to 1d"},
    {"timeout", "as in defaults", "never longer than the interval"},
    {"confirm", "as in defaults", "from 1 to 100"},
    {"retry_interval", "as in defaults", "never longer than the interval"},
});

constexpr auto kWindow = std::to_array<Setting>({
    {"name", "required", ""},
    {"start", "required", "an instant, or now"},
    {"length", "required", "from 1m to 365d"},
    {"checks", "required", "names of checks; at least one"},
    {"go_when.coverage", "`99%`",
     "at least: the share of the time that was seen; the worst check's"},
    {"go_when.critical", "`0s`", "at most: confirmed critical time of each check"},
    {"go_when.warning", "not judged", "at most: confirmed warning time of each check"},
    {"go_when.latency", "not judged", "p95 at most; one duration, or one for each check"},
    {"go_when.ratios", "not judged", "at least; one ratio, or one for each name"},
    {"go_when.require", "none", "checks that must have shown use on every day"},
    {"on_no_go", "`stop`", "stop or restart: whether the window begins again"},
});
constexpr auto kReport = std::to_array<Setting>({
    {"at", "required", "the hour of the day, as \"09:00\", in the time zone of the file"},
    {"window", "the daily health check", "whose report is sent"},
    {"to", "required", "a list; each entry is one of the ways below"},
    {"file", "", "an absolute path; {date} becomes the day; the ending chooses the format"},
    {"format", "by the ending", "text, markdown, html or json; of a file or a webhook"},
    {"webhook.url_file", "", "holds the URL, which often is a secret; read at each use"},
    {"webhook.url", "", "instead of url_file; https or http"},
    {"webhook.bearer_file", "", "a token sent as Authorization: Bearer"},
    {"webhook.format", "json", "as above"},
    {"webhook.ca_file", "the system's", "the authorities to trust"},
    {"telegram.chat", "required", "the chat's number or @name"},
    {"telegram.token_file", "required", "the bot's token; read at each use"},
    {"telegram.api", "https://api.telegram.org", "another server of the same API"},
    {"telegram.ca_file", "the system's", "the authorities to trust"},
});

constexpr auto kMetrics = std::to_array<CommonMetric>({
    {"holdfast_check_status", "check, kind, status", "1 for the status of the last reading"},
    {"holdfast_check_success", "check", "whether the last run was complete"},
    {"holdfast_check_fresh", "check", "whether the last reading still stands"},
    {"holdfast_check_last_run_timestamp_seconds", "check", "when the last run ended"},
    {"holdfast_check_last_success_timestamp_seconds", "check", "when the last complete one ended"},
    {"holdfast_check_interval_seconds", "check", "how often it looks"},
    {"holdfast_check_info", "check, kind, database", "always 1"},
    {"holdfast_check_duration_seconds", "check", "how long runs took (histogram)"},
    {"holdfast_check_runs_total", "check", "runs"},
    {"holdfast_check_missed_runs_total", "check", "runs that could not start in time"},
    {"holdfast_check_failures_total", "check, reason", "runs that failed, by reason"},
    {"holdfast_check_limit", "check, limit, severity", "the limits, for lines in panels"},
    {"holdfast_finding", "check, kind, finding, severity, subject", "1 while it stands"},
    {"holdfast_incident_open", "check, severity", "whether a confirmed incident is open"},
    {"holdfast_labels_dropped", "check", "series that were over the bound on labels"},
    {"holdfast_window_verdict", "window, verdict", "1 for the verdict a window has"},
    {"holdfast_window_start_timestamp_seconds", "window", "when it began or begins"},
    {"holdfast_window_end_timestamp_seconds", "window", "when it ends"},
    {"holdfast_window_coverage_ratio", "window, check", "how much of its time a check was seen"},
    {"holdfast_window_criterion", "window, criterion, state", "1 for met, open or failed"},
    {"holdfast_build_info", "version, revision", "always 1"},
    {"holdfast_config_last_reload_successful", "", "whether the last reload was taken"},
    {"holdfast_config_last_reload_success_timestamp_seconds", "", "when one was taken"},
    {"holdfast_scheduler_lateness_seconds", "", "from when a run was due to its start (histogram)"},
    {"holdfast_scheduler_runs_in_flight", "", "runs going on now"},
    {"holdfast_scheduler_threads", "", "threads kept for runs"},
    {"holdfast_history_writable", "", "0 when the history's file cannot be used or written"},
    {"holdfast_history_bytes", "", "size of the file and its log"},
    {"holdfast_history_write_errors_total", "", "writes that failed"},
    {"holdfast_history_readings_lost_total", "", "readings it could not keep meanwhile"},
    {"holdfast_history_replayed_until_timestamp_seconds", "",
     "only in a demonstration: what its windows know of before was replayed, and never seen"},
    {"holdfast_log_messages_dropped_total", "",
     "messages not written because the reader of stderr was too slow"},
    {"holdfast_heartbeats_total", "result",
     "signs of life: sent, failed, or withheld since the scheduler stood still; only where "
     "configured"},
    {"holdfast_heartbeat_last_success_timestamp_seconds", "", "when the last one arrived"},
    {"process_*", "", "the usual family: memory, CPU, descriptors, start time"},
});

}  // namespace

std::span<const Setting> file_settings() { return kFile; }
std::span<const Setting> database_settings() { return kDatabase; }
std::span<const Setting> check_settings() { return kCheck; }
std::span<const Setting> window_settings() { return kWindow; }
std::span<const Setting> report_settings() { return kReport; }
std::span<const CommonMetric> common_metrics() { return kMetrics; }

}  // namespace holdfast
