#ifndef CFLATLINE_TEST_KIT_H
#define CFLATLINE_TEST_KIT_H

#include <stddef.h>

/* The calling thread tries `text` from now on; NULL for nothing. If a signal of a trap or a fault strikes the thread,
   one line with the text goes to standard error before the process ends as it would without. The text is copied and
   cut at 400 bytes. */
void flatline_trial_enter(const char *text);

/* getrusage(RUSAGE_THREAD), ru_nvcsw: how often the calling thread gave up the processor to wait. */
long flatline_voluntary_switches(void);

/* mallinfo2(3): bytes of the heap that are in use, in all arenas and mappings. */
size_t flatline_heap_bytes(void);

#endif
