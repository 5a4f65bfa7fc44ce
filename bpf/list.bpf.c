/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The programs that list sockets, one per file in list/. */
#include "list/holder.h"
#include "list/socket.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";
