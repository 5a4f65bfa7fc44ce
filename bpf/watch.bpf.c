/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* All programs that watch, one per file in watch/, sharing the maps of maps.h. */
#include "watch/state.h"
#include "watch/destroy.h"
#include "watch/reset.h"
#include "watch/error.h"
#include "watch/retransmit.h"
#include "watch/drop.h"
#include "watch/call.h"
#include "watch/exit.h"
#include "watch/ingress.h"
#include "watch/scan.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";
