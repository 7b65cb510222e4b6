#pragma once

#include <stddef.h>

/// How often the calling thread has asked for memory so far.
unsigned long malloc_counter_of_this_thread(void);

/// Bytes of heap in use by the whole process (mallinfo2(3)).
size_t malloc_counter_bytes_in_use(void);
