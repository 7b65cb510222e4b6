/* What Swift's Glibc module cannot show. Kept small: declarations of the C library's own calls, and one
   structure of ours for TCP_INFO, whose kernel form grows with the kernel. */
#ifndef CFLATLINE_H
#define CFLATLINE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

/* The fields of struct tcp_info that Flatline reads, in the kernel's units (include/uapi/linux/tcp.h).
   Fields that the running kernel does not report are zero. */
struct flatline_tcp_reading {
  uint8_t state;
  uint8_t retransmits;
  uint8_t probes;
  uint8_t backoff;
  uint32_t rto;            /* microseconds */
  uint32_t unacked;        /* segments */
  uint32_t sacked;         /* segments of those, selectively acknowledged */
  uint32_t last_data_sent; /* milliseconds ago */
  uint32_t last_data_recv; /* milliseconds ago */
  uint32_t last_ack_recv;  /* milliseconds ago */
  uint32_t rtt;            /* microseconds */
  uint32_t rttvar;         /* microseconds */
  uint32_t min_rtt;        /* microseconds; ~0 before the first measurement */
  uint32_t segs_out;
  uint32_t segs_in;
  uint32_t data_segs_out; /* retransmissions included */
  uint32_t data_segs_in;
  uint32_t notsent_bytes;
  uint32_t rcv_ooopack;
  uint32_t snd_wnd; /* bytes */
  uint32_t rcv_wnd; /* bytes */
  uint64_t bytes_acked;
  uint64_t bytes_received;
  uint64_t bytes_sent;    /* retransmissions included */
  uint64_t bytes_retrans;
  uint32_t reported; /* bytes of tcp_info that the kernel filled */
};

/* getsockopt(TCP_INFO). Returns 0, or the errno. */
int flatline_get_tcp_info(int descriptor, struct flatline_tcp_reading *info);

/* The same from the kernel's bytes, as sock_diag(7) gives them (INET_DIAG_INFO). What `count` cuts off is zero. */
void flatline_decode_tcp_info(const void *bytes, size_t count, struct flatline_tcp_reading *info);

/* getsockopt(SO_COOKIE): the kernel's own name for a socket, never used twice. Returns 0, or the errno. */
int flatline_get_socket_cookie(int descriptor, uint64_t *cookie);

/* getsockopt(SO_MEMINFO): the bytes of kernel memory that are charged to a socket for what it received
   (SK_MEMINFO_RMEM_ALLOC) and for its options (SK_MEMINFO_OPTMEM). Returns 0, or the errno. */
int flatline_get_socket_memory(int descriptor, uint32_t *receive, uint32_t *option);

/* ioctl(SIOCINQ): bytes received and not yet read. Returns 0, or the errno. */
int flatline_get_unread_bytes(int descriptor, int *count);

/* Whether both ends of a connection have one address and port (getsockname(2), getpeername(2)): 1, or 0. */
int flatline_is_connected_to_itself(int descriptor);

/* ioctl(SIOCOUTQ): sequence numbers given to the kernel and not yet acknowledged, a FIN among them. Returns 0, or the
   errno. */
int flatline_get_unacknowledged(int descriptor, int *count);

/* clock_gettime, in nanoseconds, for clocks that every Linux has. Swift ascribes `struct timespec` to whichever module it
   met first, so that no file can be sure to import the right one. */
uint64_t flatline_clock_nanoseconds(int clock);

/* timerfd_settime at a moment of the monotonic clock, in nanoseconds; 0 disarms. */
void flatline_set_timer(int timer, uint64_t nanoseconds);

/* strerror_r in its XSI form: writes into the caller's buffer, safe on every thread. Returns 0, or the errno. */
int flatline_error_text(int error, char *text, size_t size);

/* prctl(PR_SET_NAME): the calling thread's name, of at most 15 bytes. */
void flatline_name_thread(const char *name);

/* prctl(PR_SET_PDEATHSIG, SIGKILL): the calling process is killed, frozen or not, when its parent's thread that
   started it ends. */
void flatline_end_with_parent(void);

/* close_range(2) with CLOSE_RANGE_UNSHARE: the calling thread gets a table of descriptors of its own, without those
   from `first` on, which stay open for the other threads. Returns 0, or the errno. */
int flatline_unshare_descriptors(unsigned first);

/* Opens a netlink socket (netlink(7)) in a network namespace, which a descriptor of /proc/PID/ns/net names (setns(2)).
   Returns 0, or the errno. */
int flatline_open_netlink_in(int namespace, int protocol, int *descriptor);

#endif
