#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/layers.sh - layers between the wire of a victim and its traffic, on an
# unmodified kernel: each is passed by the traffic; requests are the same in each
# boot; what a kernel or a card lacks is a skip that names the layer.
#
# With LABYRINTH_EXPLORE=1 every layer, on virtual interfaces and on cards, and
# every other card, three times each; otherwise one stack of layers once.
# shellcheck disable=SC2317  # functions are called through ok
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=userspace/tests/system/profiles.bash
. "$(dirname "$0")/profiles.bash"

if [[ -z ${LABYRINTH_EXPLORE:-} ]]; then
	profile veth+vlan+ipsec+conntrack
	ok "a VLAN, IPsec and tracking of connections make requests" \
		passes veth+vlan+ipsec+conntrack register_vlan_dev esp_output_tail __nf_conntrack_alloc
	done_testing
fi

# has_long_datagrams VICTIM: a slab for more than 4096 bytes is filled for them.
has_long_datagrams() {
	profile_of "$1" 1 | python3 -c '
import json, sys
sites = json.load(sys.stdin)["sites"]
sys.exit(not any("__ip_append_data" in site["stack"] and site["size_max"] >= 32768 for site in sites))
'
}

for base in veth e1000e; do
	three $base tcp_sendmsg_locked
	three $base+jumbo __ip_append_data
	ok "$base+jumbo: datagrams are longer than a frame was" has_long_datagrams $base+jumbo
	three $base+vlan register_vlan_dev
	three $base+bridge br_flood br_fdb_update
	three $base+ipsec esp_output_tail
	three $base+wireguard wg_xmit
	three $base+conntrack __nf_conntrack_alloc
	three $base+jumbo+vlan+bridge+ipsec+wireguard+conntrack br_flood esp_output_tail wg_xmit
done

# The other cards, without layers.
for card in e1000 igb vmxnet3 virtio_net e100 pcnet32 tulip rtl8139; do
	three $card tcp_sendmsg_locked
done

exits 4 "a card without jumbo frames" "$LABYRINTH" explore pcnet32+jumbo --kernel "$STOCK" \
	--profile --out "$TMP/1"
says "names the layer" 'jumbo: Invalid argument'
done_testing
