/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Only when asked for: what the first bytes of a connection are, and whether a TLS
 * alert is among its first segments. At most 16 bytes of a segment are looked at, in
 * place; what is kept is their kind. */
#ifndef TCPWHY_PAYLOAD_H
#define TCPWHY_PAYLOAD_H

#include "event.h"

#define SEGMENTS 6 /* a handshake and its alert are over by then */
#define LOOK 16

#define WORD(a, b, c, d) ((u32)(a) | (u32)(b) << 8 | (u32)(c) << 16 | (u32)(d) << 24)

static __always_inline u8 words_of(const u8 *bytes)
{
	u32 word = WORD(bytes[0], bytes[1], bytes[2], bytes[3]);

	if (bytes[0] == 0x16 && bytes[1] == 3)
		return WORDS_TLS;
	if (bytes[0] == 0x15 && bytes[1] == 3)
		return WORDS_TLS_ALERT;
	switch (word) {
	case WORD('G', 'E', 'T', ' '):
	case WORD('P', 'O', 'S', 'T'):
	case WORD('H', 'E', 'A', 'D'):
	case WORD('P', 'U', 'T', ' '):
	case WORD('D', 'E', 'L', 'E'):
	case WORD('O', 'P', 'T', 'I'):
	case WORD('P', 'A', 'T', 'C'):
	case WORD('C', 'O', 'N', 'N'):
	case WORD('P', 'R', 'I', ' '):
		return WORDS_HTTP_REQUEST;
	case WORD('H', 'T', 'T', 'P'):
		return bytes[9] == '4' && bytes[10] == '0' && bytes[11] == '0' ? WORDS_HTTP_400 : WORDS_HTTP_ANSWER;
	case WORD('P', 'R', 'O', 'X'):
	case WORD('\r', '\n', '\r', '\n'):
		return WORDS_PROXY;
	}
	return WORDS_OTHER;
}

/* The code of an alert that ends a handshake, or 0. After TLS 1.3's compatibility
 * record (0x14) comes what would have come without it. */
static __always_inline u8 alert_of(const u8 *bytes, u8 *enciphered)
{
	const u8 *record = bytes[0] == 0x14 && bytes[1] == 3 ? bytes + 6 : bytes;
	u32 length = (u32)record[3] << 8 | record[4];
	u8 code = 0;

	if (record[1] != 3)
		return 0;
	if (record[0] == 0x15 && length == 2)
		code = record[6] == 90 ? 0 : record[6]; /* neither close_notify nor user_canceled */
	else if (record[0] == 0x17 && !*enciphered && length == 19)
		code = ALERT_ENCRYPTED;
	if (record[0] == 0x17)
		*enciphered = 1;
	return code;
}

/* What a server's answer tells of its port. */
static __always_inline void learn_port(struct bpf_sock *sk, const struct flow *flow, u8 said)
{
	struct tcp_sock *tp = (void *)bpf_skc_to_tcp_sock(sk);
	u8 flags = 0;

	if (flow->heard == WORDS_TLS && said == WORDS_TLS)
		flags = PORT_TLS;
	else if (flow->heard == WORDS_PROXY && said != WORDS_HTTP_400)
		flags = PORT_PROXY;
	else if (flow->heard == WORDS_HTTP_REQUEST && said == WORDS_HTTP_ANSWER)
		flags = PORT_HTTP;
	if (flags && tp)
		remember_port(tp->inet_conn.icsk_inet.sk.__sk_common.skc_net.net->ns.inum, bpf_ntohs(tp->inet_conn.icsk_inet.inet_sport), flags);
}

static __always_inline int look(struct __sk_buff *skb, bool out)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct bpf_sock *sk = skb->sk;
	struct ipv4_header *ip4 = data;
	struct ipv6_header *ip6 = data;
	struct tcp_header tcp;
	u32 transport, length;
	u8 bytes[LOOK] = {};
	u8 alert, words;
	struct flow *flow;

	if (!sk)
		return 1;
	flow = find_flow(address_of(sk));
	if (!flow || (out ? flow->looked_out : flow->looked_in) >= SEGMENTS)
		return 1;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if ((void *)(ip4 + 1) > end || ip4->protocol != IPPROTO_TCP)
			return 1;
		transport = (ip4->ihl_version & 15) * 4;
	} else {
		if ((void *)(ip6 + 1) > end || ip6->next_header != IPPROTO_TCP)
			return 1;
		transport = sizeof(*ip6);
	}
	if (bpf_skb_load_bytes(skb, transport, &tcp, sizeof(tcp)))
		return 1;
	transport += (tcp.data_offset >> 4) * 4;
	if (skb->len < transport + 5)
		return 1;
	length = skb->len - transport;
	if (length >= LOOK ? bpf_skb_load_bytes(skb, transport, bytes, LOOK) :
	    length >= 7 ? bpf_skb_load_bytes(skb, transport, bytes, 7) : bpf_skb_load_bytes(skb, transport, bytes, 5))
		return 1;

	if (!(out ? flow->said : flow->heard)) {
		words = words_of(bytes);
		if (out) {
			if (flow->opener == OPENER_REMOTE)
				learn_port(sk, flow, words);
			flow->said = words;
		} else {
			flow->heard = words;
		}
	}
	if (flow->said == WORDS_TLS || flow->said == WORDS_TLS_ALERT || flow->heard == WORDS_TLS) {
		alert = alert_of(bytes, out ? &flow->enciphered_out : &flow->enciphered_in);
		if (alert && out)
			flow->alert_said = alert;
		else if (alert)
			flow->alert_heard = alert;
	}
	if (out)
		flow->looked_out++;
	else
		flow->looked_in++;
	return 1;
}

SEC("cgroup_skb/ingress")
int on_payload_in(struct __sk_buff *skb)
{
	return look(skb, false);
}

SEC("cgroup_skb/egress")
int on_payload_out(struct __sk_buff *skb)
{
	return look(skb, true);
}

#endif
