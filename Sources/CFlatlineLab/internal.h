/* What the lab's own processes share. They come of a fork of a process with threads and never exec: whatever runs in
   them is async-signal-safe (signal-safety(7)), without malloc, stdio or locks. */
#ifndef FLATLINE_LAB_INTERNAL_H
#define FLATLINE_LAB_INTERNAL_H

#include <sys/types.h>

#include "CFlatlineLab.h"

/* fork(2) without the C library's handlers, which may wait for locks that no thread will release. */
pid_t flatline_lab_fork(unsigned long flags);

/* Every signal as in a new process, and none blocked. */
void flatline_lab_reset_signals(void);

/* The agent's life. Never returns. */
_Noreturn void flatline_lab_agent(int control, int has_user_namespace, uid_t user, gid_t group);

/* Becomes the program that `words` describes; returns the errno on failure. Takes the descriptors of
   FLATLINE_LAB_SPAWN. */
int flatline_lab_become(const int descriptors[5]);

/* The peer's life. Never returns. */
_Noreturn void flatline_lab_peer(int control, uint16_t port);

#endif
