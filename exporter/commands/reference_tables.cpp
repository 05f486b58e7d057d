// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/reference_tables.h"

#include <array>

namespace holdfast {
namespace {

constexpr auto kFile = std::to_array<Setting>({
    {"timezone", "the system's", "an IANA name such as Europe/Moscow, for days and times of day"},
    {"defaults.interval", "`15s`", "how often a check runs"},
    {"defaults.timeout", "`5s`", "when a run is aborted; at most the interval"},
    {"defaults.confirm", "`3`",
     "consecutive bad readings that open an incident, good ones that close it"},
    {"defaults.retry_interval", "`5s`", "how soon a check runs again after a bad reading"},
    {"history.path", "",
     "the history file, which keeps the memory of checks over restarts and the baselines for "
     "`check`"},
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

constexpr auto kMetrics = std::to_array<CommonMetric>({
    {"holdfast_check_status", "check, kind, status", "1 for the status of the last reading"},
    {"holdfast_check_success", "check", "whether the last run was complete"},
    {"holdfast_check_fresh", "check", "whether the last reading is still valid"},
    {"holdfast_check_last_run_timestamp_seconds", "check", "when the last run ended"},
    {"holdfast_check_last_success_timestamp_seconds", "check", "when the last complete run ended"},
    {"holdfast_check_interval_seconds", "check", "how often it runs"},
    {"holdfast_check_info", "check, kind, database", "always 1"},
    {"holdfast_check_duration_seconds", "check", "duration of runs (histogram)"},
    {"holdfast_check_runs_total", "check", "runs"},
    {"holdfast_check_missed_runs_total", "check", "runs that could not start in time"},
    {"holdfast_check_failures_total", "check, reason", "runs that failed, by reason"},
    {"holdfast_check_limit", "check, limit, severity",
     "the limits, for threshold lines in dashboards"},
    {"holdfast_finding", "check, kind, finding, severity, subject", "1 while it is active"},
    {"holdfast_incident_open", "check, severity", "whether a confirmed incident is open"},
    {"holdfast_labels_dropped", "check", "series dropped by the limit on labels"},
    {"holdfast_window_verdict", "window, verdict", "1 for the current verdict"},
    {"holdfast_window_start_timestamp_seconds", "window", "when it starts"},
    {"holdfast_window_end_timestamp_seconds", "window", "when it ends"},
    {"holdfast_window_coverage_ratio", "window, check", "share of the time with data"},
    {"holdfast_window_criterion", "window, criterion, state",
     "1 for the current state: met, open or failed"},
    {"holdfast_build_info", "version, revision", "always 1"},
    {"holdfast_config_last_reload_successful", "", "whether the last reload succeeded"},
    {"holdfast_config_last_reload_success_timestamp_seconds", "", "when a reload last succeeded"},
    {"holdfast_scheduler_lateness_seconds", "",
     "delay between the due time of a run and its start (histogram)"},
    {"holdfast_scheduler_runs_in_flight", "", "runs in progress"},
    {"holdfast_scheduler_threads", "", "threads for runs"},
    {"holdfast_history_writable", "", "0 when the history file cannot be used or written"},
    {"holdfast_history_bytes", "", "size of the history file and its write-ahead log"},
    {"holdfast_history_write_errors_total", "", "writes that failed"},
    {"holdfast_history_readings_lost_total", "", "readings that could not be stored"},
    {"holdfast_history_replayed_until_timestamp_seconds", "",
     "only in the demo: until when the data of its windows is simulated and not measured"},
    {"holdfast_log_messages_dropped_total", "",
     "messages not written because the reader of stderr was too slow"},
    {"holdfast_heartbeats_total", "result",
     "heartbeats: sent, failed, or withheld because the scheduler was blocked; only where "
     "configured"},
    {"holdfast_heartbeat_last_success_timestamp_seconds", "",
     "when the last heartbeat was accepted"},
    {"process_*", "", "standard process metrics: memory, CPU, file descriptors, start time"},
});

}  // namespace

std::span<const Setting> file_settings() { return kFile; }
std::span<const Setting> database_settings() { return kDatabase; }
std::span<const Setting> check_settings() { return kCheck; }
std::span<const Setting> window_settings() { return kWindow; }
std::span<const Setting> report_settings() { return kReport; }
std::span<const CommonMetric> common_metrics() { return kMetrics; }

}  // namespace holdfast
