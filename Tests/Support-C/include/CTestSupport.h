/* What the tests' support library needs from the C library and Swift's Glibc module cannot show. */
#ifndef CTESTSUPPORT_H
#define CTESTSUPPORT_H

/* setns(2): moves the calling thread into the network namespace behind `descriptor`. Returns 0, or the errno. */
int test_support_enter_network_namespace(int descriptor);

/* pipe2(2), both ends closed on exec. Returns 0, or the errno. */
int test_support_pipe(int ends[2]);

/* pidfd_open(2): readable once the process has ended. Returns the descriptor, or -errno. */
int test_support_open_process(int pid);

/* Starts `path` with the three standard streams given, our own environment where `environment` is null, and in
   a network namespace unless that is -1. No other descriptor of ours reaches it, so that none of our sockets stays open in there. It is killed as soon as the
   calling thread ends. Returns 0, or the errno of the first step that failed. */
int test_support_spawn(
    const char *path, char *const arguments[], char *const environment[], const int streams[3],
    int network_namespace, int *pid);

#endif
