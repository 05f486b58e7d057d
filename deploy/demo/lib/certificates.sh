# SPDX-License-Identifier: Apache-2.0
# The demo's own certificate authority, and server certificates with any validity period signed by it.
# shellcheck shell=bash

make_authority() {
  [[ -s $DIR/tls/ca.crt ]] && return 0
  (
    cd "$DIR/tls" && umask 077
    openssl ecparam -name prime256v1 -genkey -noout -out ca.key
    openssl req -x509 -new -key ca.key -days 3650 -subj "/CN=Holdfast demo authority" \
      -addext "keyUsage=critical,keyCertSign,cRLSign" -out ca.crt
    chmod 644 ca.crt
  ) 2>>"$DIR/log/openssl.log" || die "openssl failed to create the certificate authority; see $DIR/log/openssl.log"
}

# Writes tls/NAME.crt and tls/NAME.key for localhost, valid between two of date(1)'s moments.
make_certificate() { # NAME FROM UNTIL
  local scratch=$DIR/tls/signing format=+%Y%m%d%H%M%SZ
  rm -rf "$scratch" && mkdir -p "$scratch"
  : >"$scratch/index.txt"
  # `openssl x509` of Debian 12 cannot set both ends of the period; `openssl ca` can.
  cat >"$scratch/ca.cnf" <<EOF
[ca]
default_ca = demo
[demo]
database = index.txt
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,IP:127.0.0.1
EOF
  (
    cd "$scratch" && umask 077
    openssl ecparam -name prime256v1 -genkey -noout -out leaf.key
    openssl req -new -key leaf.key -subj /CN=localhost -out leaf.csr
    openssl ca -batch -notext -config ca.cnf -cert ../ca.crt -keyfile ../ca.key -in leaf.csr \
      -startdate "$(date -u -d "$2" "$format")" -enddate "$(date -u -d "$3" "$format")" \
      -out leaf.crt
    chmod 644 leaf.crt
  ) 2>>"$DIR/log/openssl.log" || die "openssl failed to create a certificate; see $DIR/log/openssl.log"
  mv "$scratch/leaf.crt" "$DIR/tls/$1.crt"
  mv "$scratch/leaf.key" "$DIR/tls/$1.key"
  rm -rf "$scratch"
}
