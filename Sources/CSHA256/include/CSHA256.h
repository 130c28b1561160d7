#ifndef CSHA256_H
#define CSHA256_H

#include <stddef.h>
#include <stdint.h>

/// Takes whole blocks of 64 bytes into a state of SHA-256 (FIPS 180-4, 6.2.2) by the processor's own
/// instructions for it.
/// - Parameters:
///   - state: eight words.
///   - bytes: 64 × blocks bytes.
/// - Returns: 1, or 0 if this processor has none and nothing was done.
int csha256_absorb(uint32_t *state, const uint8_t *bytes, size_t blocks);

#endif
