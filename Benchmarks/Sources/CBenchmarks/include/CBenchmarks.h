/* The stopwatch that every contender stops in the same way, and the bare epoll loop they are measured
   against. */
#ifndef CBENCHMARKS_H
#define CBENCHMARKS_H

#include <stdint.h>

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t bench_now(void);

/* A stopwatch: armed by the one who closes, hit by the watcher's callback. Hits while it is not armed, and
   hits after the first, count for nothing. */
struct bench_mark;

struct bench_mark *bench_mark_create(void);
void bench_mark_destroy(struct bench_mark *mark);
void bench_mark_arm(struct bench_mark *mark);

/* Reads the clock, then wakes the waiter. */
void bench_mark_hit(struct bench_mark *mark);

/* Waits for the hit. Returns its time, or 0 if none came within the time. */
uint64_t bench_mark_wait(struct bench_mark *mark, int milliseconds);

/* A pthread in epoll_wait, edge-triggered, EPOLLRDHUP. Calls are from one thread. */
struct bench_loop;

typedef void (*bench_callback)(void *context);

/* Returns a null pointer and sets errno if the kernel gives no thread or no epoll set. */
struct bench_loop *bench_loop_create(void);

/* Calls `callback` on the loop's thread when the peer is gone. Returns 0, or the errno. */
int bench_loop_add(struct bench_loop *loop, int descriptor, bench_callback callback, void *context);

/* Has the kernel ask after each watched connection that is idle for a second (SO_KEEPALIVE), and a second thread look once
   in 1.04 s, 52 shares of 20 ms: TCP_INFO, which says whether it was answered, and each fourth time SO_COOKIE, whose
   descriptor it is. It looks and does nothing else: what that costs, costs anyone. Called before the first is added.
   Returns 0, or the errno. */
int bench_loop_look(struct bench_loop *loop);

/* Returns 0, or the errno. */
int bench_loop_remove(struct bench_loop *loop, int descriptor);

#endif
