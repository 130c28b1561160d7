/// Counts the program's allocations, where the C library lets a program put its own functions in the
/// place of `malloc` (Glibc).

#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

/// Allocations so far, of all threads; −1 where they cannot be counted.
long callocations_count(void);

#endif
