/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The programs that list sockets, one per file in list/. */
#include "list/holder.h"
#include "list/socket.h"

/* Types that live on the stack alone do not reach the object's BTF, where a test
 * compares them with C#; types of globals do. */
const struct holder_row *holder_row_in_btf;
const struct socket_row *socket_row_in_btf;

char LICENSE[] SEC("license") = "Dual MIT/GPL";
