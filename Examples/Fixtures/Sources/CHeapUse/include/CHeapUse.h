#pragma once

#include <stddef.h>

/// Bytes of heap in use by the whole process (mallinfo2(3)).
size_t heap_bytes_in_use(void);
