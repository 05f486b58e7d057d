# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='The database password of Holdfast'\''s role is changed, but not in Holdfast'\''s configuration'
check=timeweb status=critical finding=postgres_login_refused text='password authentication failed'
seen_within=30s gone_within=30s

inject() { set_password holdfast "$(openssl rand -hex 16)"; }
fix() { set_password holdfast "$(secret holdfast)"; }
