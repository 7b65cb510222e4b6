#include "flatline_plugin.h"

/* What the ABI promises of sizes and places, checked by every build, on 64-bit machines. Bindings for other languages
   check the same numbers. */

#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(flatline_value) == 16, "flatline_value");
_Static_assert(sizeof(flatline_setting) == 80, "flatline_setting");
_Static_assert(sizeof(flatline_held_option) == 32, "flatline_held_option");
_Static_assert(sizeof(flatline_needs) == 432, "flatline_needs");
_Static_assert(offsetof(flatline_needs, options) == 48, "flatline_needs.options");
_Static_assert(sizeof(flatline_tcp_info) == 104, "flatline_tcp_info");
_Static_assert(offsetof(flatline_tcp_info, bytes_acked) == 64, "flatline_tcp_info.bytes_acked");
_Static_assert(sizeof(flatline_option) == 12, "flatline_option");
_Static_assert(sizeof(flatline_look) == 136, "flatline_look");
_Static_assert(offsetof(flatline_look, tcp_info) == 96, "flatline_look.tcp_info");
_Static_assert(sizeof(flatline_fact) == 80, "flatline_fact");
_Static_assert(sizeof(flatline_action) == 16, "flatline_action");
_Static_assert(sizeof(flatline_opinion) == 864, "flatline_opinion");
_Static_assert(offsetof(flatline_opinion, cause) == 32, "flatline_opinion.cause");
_Static_assert(offsetof(flatline_opinion, actions) == 96, "flatline_opinion.actions");
_Static_assert(offsetof(flatline_opinion, facts) == 224, "flatline_opinion.facts");
_Static_assert(sizeof(flatline_detector) == 64, "flatline_detector");
_Static_assert(sizeof(flatline_target) == 64, "flatline_target");
_Static_assert(sizeof(flatline_reception) == 4240, "flatline_reception");
_Static_assert(sizeof(flatline_heartbeat) == 56, "flatline_heartbeat");
_Static_assert(sizeof(flatline_plugin) == 32, "flatline_plugin");
#endif
