#define _GNU_SOURCE
#include "CFlatlineTestKit.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char introduction[] = "flatline test kit: the process ended in ";
static const int signals[] = {SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV};
enum { signal_count = sizeof signals / sizeof *signals };

static struct sigaction earlier[signal_count];
static pthread_once_t installation = PTHREAD_ONCE_INIT;
/* The whole line; its length is 0 for a thread that tries nothing. */
static _Thread_local char line[sizeof introduction + 401];
static _Thread_local volatile sig_atomic_t line_length;

static void tell(int number, siginfo_t *info, void *context) {
  (void)context;
  if (line_length > 0) {
    ssize_t written = write(STDERR_FILENO, line, (size_t)line_length);
    (void)written;
    line_length = 0;
  }
  for (int index = 0; index < signal_count; index++)
    if (signals[index] == number) sigaction(number, &earlier[index], NULL);
  /* The instruction that trapped traps again after the return, for the earlier handler. A signal that was sent does
     not come again by itself. */
  if (info->si_code <= 0) raise(number);
}

static void install(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = tell;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (int index = 0; index < signal_count; index++) sigaction(signals[index], &action, &earlier[index]);
}

void flatline_trial_enter(const char *text) {
  line_length = 0;
  if (text == NULL) return;
  pthread_once(&installation, install);
  size_t length = strnlen(text, 400);
  memcpy(line, introduction, sizeof introduction - 1);
  memcpy(line + sizeof introduction - 1, text, length);
  line[sizeof introduction - 1 + length] = '\n';
  line_length = (sig_atomic_t)(sizeof introduction + length);
}

long flatline_voluntary_switches(void) {
  struct rusage usage;
  return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw : 0;
}

size_t flatline_heap_bytes(void) {
#if __GLIBC_PREREQ(2, 33)
  struct mallinfo2 heap = mallinfo2();
#else
  struct mallinfo heap = mallinfo();
#endif
  return (size_t)heap.uordblks + (size_t)heap.hblkhd;
}
