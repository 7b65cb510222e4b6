#define _GNU_SOURCE
#include "CBenchmarks.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { idle, armed, hit };

struct bench_mark {
  _Atomic int state;
  _Atomic uint64_t time;
  sem_t semaphore;
};

uint64_t bench_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

struct bench_mark *bench_mark_create(void) {
  struct bench_mark *mark = calloc(1, sizeof *mark);
  if (mark == NULL) abort();
  sem_init(&mark->semaphore, 0, 0);
  return mark;
}

void bench_mark_destroy(struct bench_mark *mark) {
  sem_destroy(&mark->semaphore);
  free(mark);
}

void bench_mark_arm(struct bench_mark *mark) { atomic_store(&mark->state, armed); }

void bench_mark_hit(struct bench_mark *mark) {
  uint64_t time = bench_now();
  int expected = armed;
  if (!atomic_compare_exchange_strong(&mark->state, &expected, hit)) return;
  atomic_store(&mark->time, time);
  sem_post(&mark->semaphore);
}

uint64_t bench_mark_wait(struct bench_mark *mark, int milliseconds) {
  struct timespec limit;
  clock_gettime(CLOCK_MONOTONIC, &limit);
  limit.tv_sec += milliseconds / 1000;
  limit.tv_nsec += milliseconds % 1000 * 1000000L;
  if (limit.tv_nsec >= 1000000000L) {
    limit.tv_sec += 1;
    limit.tv_nsec -= 1000000000L;
  }
  int result;
  /* Bounded by the limit, which is a moment and not a length. */
  do result = sem_clockwait(&mark->semaphore, CLOCK_MONOTONIC, &limit);
  while (result != 0 && errno == EINTR);
  return result == 0 ? atomic_load(&mark->time) : 0;
}
