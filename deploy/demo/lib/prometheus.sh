# SPDX-License-Identifier: Apache-2.0
# Debian's Prometheus, scraping Holdfast every five seconds, with the alerts Holdfast ships.
# shellcheck shell=bash

write_prometheus_config() {
  local home=$DIR/prometheus
  mkdir -p "$home/data" "$home/rules"
  # Copies: Prometheus runs as the server's user, who may have no access to the checkout
  # (for example below /root), and a pattern that matches nothing is no error.
  cp "$checkout"/alerts/rules/*.yml "$home/rules/"
  cat >"$home/prometheus.yml" <<EOF
global:
  scrape_interval: 5s
  evaluation_interval: 5s
rule_files: ['$home/rules/*.yml']
scrape_configs:
  - job_name: holdfast
    static_configs:
      - targets: ['127.0.0.1:$PORT_HOLDFAST']
EOF
  give_to_server "$home"
}

start_prometheus() {
  start_process prometheus "${as_server[@]}" /usr/bin/prometheus \
    --config.file="$DIR/prometheus/prometheus.yml" --storage.tsdb.path="$DIR/prometheus/data" \
    --storage.tsdb.retention.time=30d --web.listen-address="127.0.0.1:$PORT_PROMETHEUS" \
    --web.console.templates=/usr/share/prometheus/consoles \
    --web.console.libraries=/usr/share/prometheus/console_libraries --web.enable-lifecycle
  wait_for prometheus "$PORT_PROMETHEUS"
}
stop_prometheus() { stop_process prometheus TERM 15; }
