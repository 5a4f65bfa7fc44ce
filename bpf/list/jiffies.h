/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The kernel counts in jiffies; rows tell milliseconds and microseconds. */
#ifndef TCPWHY_JIFFIES_H
#define TCPWHY_JIFFIES_H

#include "../events.h"
#include "../kernel.h"

/* Set by user space before loading. */
const volatile struct settings settings = { .tick_us = 4000 };

static __always_inline u64 jiffies_to_us(u64 jiffies)
{
	return jiffies * settings.tick_us;
}

static __always_inline u64 jiffies_to_ms(u64 jiffies)
{
	return jiffies * settings.tick_us / 1000;
}

#endif
