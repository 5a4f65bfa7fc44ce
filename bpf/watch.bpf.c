/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* All programs that watch, one per file in watch/, sharing the maps of maps.h. */
#include "watch/state.h"
#include "watch/reset.h"
#include "watch/error.h"
#include "watch/retransmit.h"
#include "watch/drop.h"
#include "watch/icmp.h"
#include "watch/connect.h"
#include "watch/read.h"
#include "watch/exit.h"
#include "watch/ingress.h"
#include "watch/payload.h"
#include "watch/scan.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Nobody reads these: they bring what crosses into the object's BTF, where a
 * test compares it with its mirror in C#. */
struct event *event_type SEC("types");
enum event_kind *event_kind_type SEC("types");
struct call *call_type SEC("types");
enum opener *opener_type SEC("types");
enum info_flags *info_flags_type SEC("types");
enum words *words_type SEC("types");
enum port_flags *port_flags_type SEC("types");
enum task_flags *task_flags_type SEC("types");
enum transfer_flags *transfer_flags_type SEC("types");
enum mptcp_flags *mptcp_flags_type SEC("types");
enum counter *counter_type SEC("types");
struct wanted *wanted_type SEC("types");
struct followed *followed_type SEC("types");
struct waiter *waiter_type SEC("types");
enum followed_flags *followed_flags_type SEC("types");
