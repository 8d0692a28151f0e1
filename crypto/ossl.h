#ifndef OSSL_H
#define OSSL_H

/* OpenSSL's headers, whose type ERR_STATE would hide our error of that name. */
#define ERR_STATE OSSL_ERR_STATE
/* hash.c says why SHA256_* is used; nothing else deprecated is. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#undef ERR_STATE

#endif /* OSSL_H */
