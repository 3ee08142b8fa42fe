#pragma once
#include <stdint.h>

/// Ignores the signals that stop a service, and gives up for good: memory beyond the limit (bytes
/// of address space), files that grow, core dumps and new privileges. 0, or -1 and errno.
int confine_limits(uint64_t address_space);

/// Does what `confine_limits` does, and allows only the system calls that a decoder needs: no new
/// files, programs, sockets or processes. 0, or -1 and errno.
int confine_process(uint64_t address_space);

/// Kills this process when one file takes more CPU or wall time, in seconds; 0, or -1 and errno.
int confine_file(uint32_t cpu_seconds, uint32_t wall_seconds);

/// Stops the wall clock until the next file: an idle process may wait for ever. 0, or -1 and errno.
int confine_rest(void);
