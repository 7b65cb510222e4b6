/* One plug-in, good unless a macro makes one thing wrong. */
#include <flatline_plugin.h>
#include <string.h>

#ifdef WITH_UNDEFINED_SYMBOL
void nobody_defines_this(void);
#endif

static void needs(const flatline_value *settings, flatline_needs *needs) {
  needs->period_ns = settings[1].integer;
#ifdef WITH_UNDEFINED_SYMBOL
  nobody_defines_this();
#endif
}

static int32_t begin(const flatline_look *look, const flatline_value *settings, void *state) {
  (void)settings, (void)state;
  return look->tcp_info != NULL;
}

static void examine(
    const flatline_look *look, const flatline_value *settings, void *state, flatline_opinion *opinion) {
  int32_t *accused = state;
  if (look->end) {
    opinion->leaning = FLATLINE_SHOWS_END;
  } else if (look->tcp_info && look->tcp_info->retransmits >= settings[0].integer && !*accused) {
    *accused = 1;
    opinion->leaning = FLATLINE_LEANS_DEAD;
    opinion->layer = FLATLINE_LAYER_PATH;
    opinion->rests_on_reading = 1;
    strcpy(opinion->cause, "pathSilent");
  }
}

static const flatline_setting settings[] = {
    {.key = "attempts", .kind = FLATLINE_INTEGER, .standard = {.integer = 3},
     .least = {.integer = 1}, .most = {.integer = 15}, .summary = "How many."},
    {.key = "period",
     .kind = FLATLINE_DURATION,
     .standard = {.integer = 50000000},
     .least = {.integer = 1000000},
     .most = {.integer = 60000000000},
     .summary = "How often."},
};

static const flatline_detector detector = {
    .size = sizeof detector,
    .state_size = sizeof(int32_t),
    .name = "in-c",
    .settings = settings,
    .setting_count = 2,
    .setting_size = sizeof(flatline_setting),
    .needs = needs,
    .begin = begin,
    .examine = examine,
};
static const flatline_detector *const detectors[] = {&detector, &detector};

static const flatline_plugin plugin = {
    .size = sizeof plugin,
#ifdef ABI
    .abi = ABI,
#else
    .abi = FLATLINE_PLUGIN_ABI,
#endif
#ifdef DETECTORS
    .detector_count = DETECTORS,
#else
    .detector_count = 1,
#endif
    .detectors = detectors,
};

#ifndef WITHOUT_ENTRY
const flatline_plugin *flatline_plugin_entry(uint32_t abi) {
#ifdef NULL_ENTRY
  (void)abi, (void)plugin;
  return NULL;
#else
  return abi == FLATLINE_PLUGIN_ABI ? &plugin : NULL;
#endif
}
#else
const flatline_plugin *another_name(void) { return &plugin; }
#endif
