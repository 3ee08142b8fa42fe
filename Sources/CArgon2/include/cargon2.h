#pragma once
#include <argon2.h>
#include <stdint.h>

/// Computes the Argon2id digest, version 1.3, of a secret; returns `ARGON2_OK` or an error code.
int cargon2id(
    uint32_t passes, uint32_t kibibytes, uint32_t lanes, const uint8_t *secret, uint32_t length,
    const uint8_t *salt, uint32_t salt_length, uint8_t *digest, uint32_t digest_length);

/// Frees the memory that is kept for the next digest.
void cargon2_rest(void);
