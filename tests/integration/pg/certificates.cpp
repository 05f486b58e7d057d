// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/pg/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace holdfast::test {
namespace {

void set_name(X509_NAME* name, const std::string& text) {
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) throw std::runtime_error("extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::shared_ptr<X509> make(EVP_PKEY* key, const std::string& name, WallTime from, WallTime to) {
  static long serial = 1;
  std::shared_ptr<X509> made(X509_new(), X509_free);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
  ASN1_TIME_set(X509_getm_notBefore(made.get()), std::chrono::system_clock::to_time_t(from));
  ASN1_TIME_set(X509_getm_notAfter(made.get()), std::chrono::system_clock::to_time_t(to));
  X509_set_pubkey(made.get(), key);
  set_name(X509_get_subject_name(made.get()), name);
  return made;
}

std::string drain(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

}  // namespace

Identity Identity::authority(const std::string& name) {
  const auto now = std::chrono::system_clock::now();
  Identity made;
  made.key_.reset(EVP_EC_gen("P-256"), EVP_PKEY_free);
  made.certificate_ = make(made.key_.get(), name, now - std::chrono::hours(24 * 3000),
                           now + std::chrono::hours(24 * 3000));
  X509* certificate = made.certificate_.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  X509_sign(certificate, made.key_.get(), EVP_sha256());
  return made;
}

Identity Identity::issue(const std::string& host, WallTime not_before, WallTime not_after) const {
  Identity made;
  made.key_.reset(EVP_EC_gen("P-256"), EVP_PKEY_free);
  made.certificate_ = make(made.key_.get(), host, not_before, not_after);
  made.not_after_ = std::chrono::floor<std::chrono::seconds>(not_after);
  X509* certificate = made.certificate_.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate_.get()));
  add_extension(certificate, certificate_.get(), NID_subject_alt_name,
                "DNS:" + host + (host == "localhost" ? ",IP:127.0.0.1" : ""));
  X509_sign(certificate, key_.get(), EVP_sha256());
  return made;
}

std::string Identity::certificate_pem() const {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate_.get());
  return drain(bio);
}

std::string Identity::key_pem() const {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return drain(bio);
}

}  // namespace holdfast::test
