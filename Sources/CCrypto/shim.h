#pragma once
// MD5() takes a third of the time of EVP_Digest(), which looks up its algorithm for each call.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

static inline void ccrypto_md5(const void *text, size_t length, unsigned char digest[16]) {
  MD5((const unsigned char *)text, length, digest);
}

// Keys from parameters. libcrypto needs their sizes in C's types, so it is done here, not in Swift.

static inline EVP_PKEY *ccrypto_key(const char *type, OSSL_PARAM *parameters) {
  EVP_PKEY *key = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
  if (!context || EVP_PKEY_fromdata_init(context) <= 0 ||
      EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) <= 0)
    key = NULL;
  EVP_PKEY_CTX_free(context);
  return key;
}

/// Makes a key from a point, 32 bytes per coordinate; NULL when it is not on the curve P-256.
static inline EVP_PKEY *ccrypto_p256(const unsigned char *x, const unsigned char *y) {
  unsigned char point[65] = {4};
  memcpy(point + 1, x, 32);
  memcpy(point + 33, y, 32);
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"P-256", 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
      OSSL_PARAM_construct_end()};
  return ccrypto_key("EC", parameters);
}

/// Makes a key from an RSA modulus and exponent, both big-endian; NULL when they are invalid.
static inline EVP_PKEY *ccrypto_rsa(const unsigned char *n, size_t n_length,
                                    const unsigned char *e, size_t e_length) {
  EVP_PKEY *key = NULL;
  BIGNUM *modulus = BN_bin2bn(n, (int)n_length, NULL);
  BIGNUM *exponent = BN_bin2bn(e, (int)e_length, NULL);
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
  if (modulus && exponent && builder &&
      OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) &&
      OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent)) {
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    if (parameters) key = ccrypto_key("RSA", parameters);
    OSSL_PARAM_free(parameters);
  }
  OSSL_PARAM_BLD_free(builder);
  BN_free(modulus);
  BN_free(exponent);
  return key;
}

// Signatures that are verified with the key of a certificate.

typedef enum { ccrypto_ecdsa, ccrypto_pss, ccrypto_eddsa } ccrypto_kind;

/// Encodes the two numbers of an ECDSA signature, half of the bytes each, as DER; returns 0 when
/// they are invalid. Free the result with OPENSSL_free.
static inline int ccrypto_ecdsa_der(const unsigned char *pair, size_t length, unsigned char **der) {
  ECDSA_SIG *numbers = ECDSA_SIG_new();
  BIGNUM *r = BN_bin2bn(pair, (int)(length / 2), NULL);
  BIGNUM *s = BN_bin2bn(pair + length / 2, (int)(length / 2), NULL);
  int size = 0;
  if (numbers && r && s && ECDSA_SIG_set0(numbers, r, s)) {
    size = i2d_ECDSA_SIG(numbers, der);
  } else {
    BN_free(r);
    BN_free(s);
  }
  ECDSA_SIG_free(numbers);
  return size < 0 ? 0 : size;
}

/// Returns 1 when the signature of the message is valid for the key of the certificate (DER), else
/// 0. `bits` is the digest's size: 256, 384 or 512, or 0 when the kind of key has its own digest.
static inline int ccrypto_verify(const unsigned char *certificate, size_t certificate_length,
                                 ccrypto_kind kind, int bits, const unsigned char *message,
                                 size_t message_length, const unsigned char *signature,
                                 size_t signature_length) {
  static const char *const names[] = {"EC", "RSA", "ED25519"};
  const EVP_MD *digest = bits == 256   ? EVP_sha256()
                         : bits == 384 ? EVP_sha384()
                         : bits == 512 ? EVP_sha512()
                                       : NULL;
  unsigned char *der = NULL;
  int good = 0;
  if (certificate_length > 1 << 20 || signature_length > 1 << 16 || signature_length < 2) return 0;
  X509 *parsed = d2i_X509(NULL, &certificate, (long)certificate_length);
  EVP_PKEY *key = parsed ? X509_get0_pubkey(parsed) : NULL;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_PKEY_CTX *settings = NULL;
  if (key && context &&
      (EVP_PKEY_is_a(key, names[kind]) ||
       (kind == ccrypto_pss && EVP_PKEY_is_a(key, "RSA-PSS"))) &&
      EVP_DigestVerifyInit(context, &settings, digest, NULL, key) == 1 &&
      (kind != ccrypto_pss ||
       (EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
        EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1))) {
    if (kind == ccrypto_ecdsa) {
      signature_length = (size_t)ccrypto_ecdsa_der(signature, signature_length, &der);
      signature = der;
    }
    good = signature_length > 0 &&
           EVP_DigestVerify(context, signature, signature_length, message, message_length) == 1;
  }
  OPENSSL_free(der);
  EVP_MD_CTX_free(context);
  X509_free(parsed);
  return good;
}
