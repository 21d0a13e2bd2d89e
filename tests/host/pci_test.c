/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Finding PCI functions: buses and bridges, capabilities, BARs. */
#include "tests/host/check.h"
#include "tests/host/pci_fake.h"

HOST_TEST(empty_segment_has_no_function)
{
	begin();
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	CHECK_EQ(pci.function_count, 0);
	/* The first bus alone was looked at, and nothing else was made reachable. */
	CHECK(arch_host_is_mapped(ECAM));
	CHECK(!arch_host_is_mapped(ECAM + 0x100000));
	CHECK_EQ(arch_host_unmapped_count(), 0);
	CHECK_EQ(arch_host_stray_count(), 0);
}

HOST_TEST(segments_that_cannot_be_are_refused)
{
	begin();
	CHECK_EQ(pci_add_segment(&pci, ECAM, 0, 0, 255), STATUS_OVERLAP);
	CHECK_EQ(pci_add_segment(&pci, ECAM, 0, 200, 210), STATUS_OVERLAP);
	CHECK_EQ(pci_add_segment(&pci, ECAM + 0x1000, 1, 0, 255), STATUS_UNALIGNED);
	CHECK_EQ(pci_add_segment(&pci, ECAM, 1, 9, 8), STATUS_BAD_RANGE);
	CHECK_EQ(pci_add_segment(&pci, 0, 1, 0, 8), STATUS_BAD_RANGE);
	CHECK_EQ(pci_add_segment(&pci, UINTPTR_MAX - 0xfffff, 1, 0, 1), STATUS_BAD_RANGE);
	CHECK_EQ(pci.segment_count, 1);
	for (unsigned i = 1; i < PCI_SEGMENTS_MAX; i++)
		CHECK_EQ(pci_add_segment(&pci, ECAM, (uint16_t)i, 0, 0), STATUS_OK);
	CHECK_EQ(pci_add_segment(&pci, ECAM, 99, 0, 0), STATUS_EXHAUSTED);
}

HOST_TEST(function_is_identified)
{
	const struct pci_function *f;

	begin();
	function(0, 3, 0);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	CHECK_EQ(pci.function_count, 1);
	f = pci_find(&pci, 0, 0x0018);
	CHECK(f != NULL);
	CHECK_EQ(f->vendor, 0x1b36);
	CHECK_EQ(f->device, 0x0001);
	CHECK_EQ(f->class_code, 0xff0000);
	CHECK_EQ(f->revision, 7);
	CHECK_EQ(f->port, PCI_PORT_NONE);
	CHECK_EQ(f->parent, PCI_NO_PARENT);
	CHECK_EQ(f->command_as_found, 0x0007);
	CHECK(!f->bridge && !f->multi_function && !f->flr);
	CHECK(pci_find(&pci, 1, 0x0018) == NULL);
	CHECK(pci_find(&pci, 0, 0x0019) == NULL);
	CHECK(pci_parent(&pci, f) == NULL);
}

HOST_TEST(functions_count_only_where_the_header_says_so)
{
	begin();
	function(0, 1, 0);
	function(0, 1, 5); /* hidden: function 0 says that it is alone */
	put(function(0, 2, 0), 0x0e, 1, 0x80);
	function(0, 2, 7);
	function(0, 3, 1); /* hidden: there is no function 0 */
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	CHECK_EQ(pci.function_count, 3);
	CHECK(pci_find(&pci, 0, 0x000d) == NULL);
	CHECK(pci_find(&pci, 0, 0x0017) != NULL);
	CHECK(!pci_find(&pci, 0, 0x0008)->multi_function);
	CHECK(pci_find(&pci, 0, 0x0010)->multi_function);
	CHECK(pci_find(&pci, 0, 0x0017)->multi_function);
}

HOST_TEST(bridges_lead_to_buses)
{
	const struct pci_function *end, *lower, *upper;

	begin();
	express(bridge(0, 1, 1, 3), 4); /* root port */
	express(bridge(1, 0, 2, 3), 5); /* upstream port */
	express(bridge(2, 4, 3, 3), 6); /* downstream port */
	express(function(3, 0, 0), 0);
	bridge(0, 2, 7, 7); /* conventional */
	function(7, 9, 0);
	express(bridge(0, 3, 8, 8), 7); /* PCIe-to-PCI */
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	CHECK_EQ(pci.function_count, 7);
	CHECK_EQ(pci.bad_bridges, 0);
	end = pci_find(&pci, 0, 0x0300);
	CHECK_EQ(end->port, PCI_PORT_ENDPOINT);
	lower = pci_parent(&pci, end);
	CHECK_EQ(lower->rid, 0x0220);
	CHECK_EQ(lower->port, PCI_PORT_DOWNSTREAM);
	upper = pci_parent(&pci, lower);
	CHECK_EQ(upper->port, PCI_PORT_UPSTREAM);
	CHECK_EQ(pci_parent(&pci, upper)->port, PCI_PORT_ROOT_PORT);
	CHECK_EQ(pci_find(&pci, 0, 0x0018)->port, PCI_PORT_PCIE_TO_PCI);
	CHECK_EQ(pci_find(&pci, 0, 0x0010)->port, PCI_PORT_NONE);
	for (unsigned i = 0; i < pci.function_count; i++)
		CHECK(pci.functions[i].parent == PCI_NO_PARENT || pci.functions[i].parent < i);
	CHECK(arch_host_is_mapped(ECAM + 0x300000));
	CHECK(!arch_host_is_mapped(ECAM + 0x400000));
}

HOST_TEST(bridges_in_a_loop_end)
{
	begin();
	bridge(0, 1, 1, 5);
	bridge(1, 1, 0, 5); /* back to the root */
	bridge(1, 2, 1, 5); /* to itself */
	bridge(1, 3, 2, 2);
	bridge(1, 4, 2, 2); /* to a bus that another bridge owns */
	bridge(1, 5, 9, 3); /* backwards */
	bridge(1, 6, 0, 0); /* as reset leaves it: no error */
	function(2, 0, 0);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	CHECK_EQ(pci.function_count, 8);
	CHECK_EQ(pci.bad_bridges, 4);
	CHECK_EQ(pci_parent(&pci, pci_find(&pci, 0, 0x0200))->rid, 0x0118);
}

HOST_TEST(bridge_beyond_the_segment_is_not_followed)
{
	begin();
	memset(&pci, 0, sizeof(pci));
	CHECK_EQ(pci_add_segment(&pci, ECAM, 0, 0, 3), STATUS_OK);
	bridge(0, 1, 4, 4);
	function(4, 0, 0);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	CHECK_EQ(pci.function_count, 1);
	CHECK_EQ(pci.bad_bridges, 1);
}

/* 255 bridges, one below the other: as deep as bus numbers go. */
HOST_TEST(deepest_chain_is_scanned)
{
	begin();
	for (unsigned bus = 0; bus < 255; bus++)
		bridge(bus, 0, bus + 1, 255);
	function(255, 31, 0);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	CHECK_EQ(pci.function_count, 256);
	CHECK_EQ(pci.functions[255].rid, 0xfff8);
	CHECK_EQ(pci.functions[255].parent, 254);
}

HOST_TEST(too_many_functions_are_counted)
{
	begin();
	bridge(0, 0, 1, 1);
	bridge(0, 1, 2, 2);
	bridge(0, 2, 3, 3);
	for (unsigned i = 0; i < PCI_FUNCTIONS_MAX; i++) {
		struct fake *f = function(1 + i / 256, i / 8 % 32, i % 8);

		put(f, 0x0e, 1, 0x80);
	}
	CHECK_EQ(pci_scan(&pci), STATUS_EXHAUSTED);
	CHECK_EQ(pci.function_count, PCI_FUNCTIONS_MAX);
	CHECK_EQ(pci.dropped, 3);
}

HOST_TEST(bus_that_cannot_be_mapped_is_reported)
{
	begin();
	bridge(0, 1, 1, 1);
	bridge(0, 2, 2, 2);
	function(1, 0, 0);
	function(2, 0, 0);
	arch_host_fail_map_in(2);
	CHECK_EQ(pci_scan(&pci), STATUS_EXHAUSTED);
	CHECK_EQ(pci.function_count, 3);
	CHECK(pci_find(&pci, 0, 0x0200) != NULL);
	CHECK_EQ(arch_host_unmapped_count(), 0);
}

HOST_TEST(root_buses_are_named_or_searched)
{
	begin();
	function(0, 1, 0);
	bridge(0x80, 0, 0x81, 0x83);
	function(0x81, 0, 0);
	function(0x82, 0, 0); /* within the bridge's range, reached by nothing */
	bridge(0xc0, 0, 0xc1, 0xc1);
	CHECK_EQ(pci_add_root(&pci, 0, 0x80), STATUS_OK);
	CHECK_EQ(pci_add_root(&pci, 0, 0x80), STATUS_OK);
	CHECK_EQ(pci_add_root(&pci, 0, 0x81), STATUS_OK); /* a bridge leads there */
	CHECK_EQ(pci_add_root(&pci, 1, 0x80), STATUS_NOT_FOUND);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	CHECK_EQ(pci.function_count, 3);
	CHECK_EQ(pci_find(&pci, 0, 0x8000)->parent, PCI_NO_PARENT);
	CHECK_EQ(pci_parent(&pci, pci_find(&pci, 0, 0x8100))->rid, 0x8000);
	CHECK(!arch_host_is_mapped(ECAM + ((uintptr_t)0xc0 << 20)));

	CHECK_EQ(pci_search_roots(&pci), STATUS_OK);
	CHECK_EQ(pci.function_count, 4);
	CHECK(pci_find(&pci, 0, 0xc000) != NULL);
	CHECK(pci_find(&pci, 0, 0x8200) == NULL);
	CHECK_EQ(arch_host_unmapped_count(), 0);
}

HOST_TEST(roots_have_a_limit)
{
	begin();
	for (unsigned i = 0; i < PCI_ROOTS_MAX; i++)
		CHECK_EQ(pci_add_root(&pci, 0, (uint8_t)(i + 1)), STATUS_OK);
	CHECK_EQ(pci_add_root(&pci, 0, 200), STATUS_EXHAUSTED);
}

/* However far the scan has come when a function falls silent, it is left out, and its neighbour is not. */
HOST_TEST(silent_function_is_left_out)
{
	unsigned left_out = 0;

	for (uint32_t reads = 0; reads < 60; reads++) {
		const struct pci_function *p;
		struct fake *f;

		begin();
		f = function(0, 1, 0);
		express(f, 0);
		put(f, 0x0e, 1, 0x80);
		function(0, 2, 0);
		f->reads_left = reads;
		CHECK_EQ(pci_scan(&pci), STATUS_OK);
		CHECK(pci_find(&pci, 0, 0x0010) != NULL);
		p = pci_find(&pci, 0, 0x0008);
		left_out += p == NULL;
		/* All ones that were read as a command register are not written back. */
		CHECK(reads > 6 || silent_writes == 0);
		if (!p)
			continue;
		CHECK_EQ(p->class_code, 0xff0000);
		CHECK_EQ(p->port, PCI_PORT_ENDPOINT);
		CHECK_EQ(p->command_as_found, 0x0007);
		CHECK_EQ(p->bars[0].bytes | p->bars[5].bytes, 0);
	}
	/* Identification takes some twenty-five reads. */
	CHECK(left_out > 20 && left_out < 40);
}

HOST_TEST(not_ready_function_is_none)
{
	begin();
	put(function(0, 1, 0), 0x00, 4, 0x00000001);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	CHECK_EQ(pci.function_count, 0);
}

HOST_TEST(capabilities_are_found)
{
	const struct pci_function *p;
	struct fake *f;

	begin();
	f = function(0, 1, 0);
	express(f, 0);
	put(f, 0x80, 2, 0x4010);      /* next: 0x40 */
	put(f, 0x84, 4, 0x10000000);  /* FLR */
	put(f, 0x40, 2, 0x5001);      /* power management, next 0x50 */
	put(f, 0x50, 2, 0x6305);      /* MSI, next 0x60 with reserved bits set */
	put(f, 0x60, 2, 0x0011);      /* MSI-X, last */
	put(f, 0x100, 4, 0x1481000f); /* ATS, next 0x148 */
	put(f, 0x148, 4, 0x1a01000d); /* ACS, next 0x1a0 */
	put(f, 0x14c, 4, 0x001d005f);
	put(f, 0x1a0, 4, 0x2001001b); /* PASID, next 0x200 */
	put(f, 0x200, 4, 0x30010013); /* PRI, next 0x300 */
	put(f, 0x300, 4, 0xffc1000e); /* ARI, next 0xffc */
	put(f, 0xffc, 4, 0x1001000d); /* a second ACS, next 0x100: a loop */
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	p = pci_find(&pci, 0, 0x0008);
	CHECK_EQ(p->cap_express, 0x80);
	CHECK_EQ(p->cap_power, 0x40);
	CHECK_EQ(p->cap_msi, 0x50);
	CHECK_EQ(p->cap_msix, 0x60);
	CHECK_EQ(p->cap_ats, 0x100);
	CHECK_EQ(p->cap_acs, 0x148);
	CHECK_EQ(p->cap_pasid, 0x1a0);
	CHECK_EQ(p->cap_pri, 0x200);
	CHECK_EQ(p->cap_ari, 0x300);
	CHECK_EQ(p->acs_capability, 0x005f);
	CHECK_EQ(p->acs_control, 0x001d);
	CHECK(p->flr);
}

HOST_TEST(broken_capability_lists_end)
{
	const struct pci_function *p;
	struct fake *f;

	begin();
	f = function(0, 1, 0); /* a list that points at itself */
	put(f, 0x06, 2, 0x0010);
	put(f, 0x34, 1, 0x40);
	put(f, 0x40, 2, 0x4001);
	f = function(0, 2, 0); /* one that points into the header */
	put(f, 0x06, 2, 0x0010);
	put(f, 0x34, 1, 0x50);
	put(f, 0x50, 2, 0x0805);
	f = function(0, 3, 0); /* no list at all, whatever the pointer says */
	put(f, 0x34, 1, 0x40);
	put(f, 0x40, 2, 0x0001);
	f = function(0, 4, 0); /* an entry that reads as all ones */
	put(f, 0x06, 2, 0x0010);
	put(f, 0x34, 1, 0xfc);
	put(f, 0xfc, 4, 0xffffffff);
	f = function(0, 5, 0); /* an extended list that points below its start */
	express(f, 0);
	put(f, 0x100, 4, 0x0fc1000f);
	f = function(0, 6, 0); /* extended space without PCI Express does not count */
	put(f, 0x100, 4, 0x0001000f);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	CHECK_EQ(pci.function_count, 6);
	CHECK_EQ(pci_find(&pci, 0, 0x0008)->cap_power, 0x40);
	p = pci_find(&pci, 0, 0x0010);
	CHECK_EQ(p->cap_msi, 0x50);
	CHECK_EQ(p->cap_express | p->cap_msix | p->cap_power, 0);
	CHECK_EQ(pci_find(&pci, 0, 0x0018)->cap_power, 0);
	CHECK_EQ(pci_find(&pci, 0, 0x0020)->cap_power, 0);
	CHECK_EQ(pci_find(&pci, 0, 0x0028)->cap_ats, 0x100);
	CHECK_EQ(pci_find(&pci, 0, 0x0030)->cap_ats, 0);
}

HOST_TEST(bars_are_sized_and_put_back)
{
	const struct pci_function *p;
	struct fake *f;

	begin();
	f = function(0, 1, 0);
	bar(f, 0, 0xfebf0000, 0xfffff000); /* 4 KiB, 32 bits */
	bar(f, 1, 0x0000c041, 0x0000ffe0); /* 32 ports, upper half hardwired */
	bar(f, 2, 0x0000000c, 0x00000000); /* 16 GiB, 64 bits, prefetchable */
	bar(f, 3, 0x00000038, 0xfffffffc);
	bar(f, 4, 0xfe000004, 0xff000000); /* 16 MiB, 64 bits */
	bar(f, 5, 0x00000001, 0xffffffff);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	p = pci_find(&pci, 0, 0x0008);
	CHECK_EQ(p->bars[0].base, 0xfebf0000);
	CHECK_EQ(p->bars[0].bytes, 0x1000);
	CHECK(!p->bars[0].io && !p->bars[0].is_64 && !p->bars[0].prefetchable);
	CHECK_EQ(p->bars[1].base, 0xc040);
	CHECK_EQ(p->bars[1].bytes, 0x20);
	CHECK(p->bars[1].io);
	CHECK_EQ(p->bars[2].base, 0x3800000000);
	CHECK_EQ(p->bars[2].bytes, 0x400000000);
	CHECK(p->bars[2].is_64 && p->bars[2].prefetchable);
	CHECK_EQ(p->bars[3].bytes, 0);
	CHECK_EQ(p->bars[4].base, 0x1fe000000);
	CHECK_EQ(p->bars[4].bytes, 0x1000000);
	CHECK(p->bars[4].is_64 && !p->bars[4].prefetchable);
	CHECK_EQ(get(f, 0x10, 4), 0xfebf0000);
	CHECK_EQ(get(f, 0x14, 4), 0x0000c041);
	CHECK_EQ(get(f, 0x18, 4), 0x0000000c);
	CHECK_EQ(get(f, 0x1c, 4), 0x00000038);
	CHECK_EQ(get(f, 0x20, 4), 0xfe000004);
	CHECK_EQ(get(f, 0x24, 4), 0x00000001);
	CHECK_EQ(get(f, 0x04, 2), 0x0007);
	CHECK_EQ(sized_while_decoding, 0);
}

HOST_TEST(bars_that_cannot_be)
{
	const struct pci_function *p;
	struct fake *f;

	begin();
	f = function(0, 1, 0);
	bar(f, 5, 0xfe000004, 0xff000000); /* 64 bits in the last register */
	f = bridge(0, 2, 1, 1);
	bar(f, 1, 0xfd000004, 0xff000000); /* the same in a bridge, which has two */
	f = function(0, 3, 0);
	put(f, 0x0e, 1, 0x02); /* CardBus: no BARs of ours */
	bar(f, 0, 0xfc000000, 0xff000000);
	f = function(0, 4, 0);
	put(f, 0x08, 4, 0x06000000); /* a host bridge is left alone */
	bar(f, 0, 0xfb000000, 0xff000000);
	CHECK_EQ(pci_scan(&pci), STATUS_OK);
	p = pci_find(&pci, 0, 0x0008);
	CHECK_EQ(p->bars[5].bytes, 0);
	CHECK_EQ(pci_find(&pci, 0, 0x0010)->bars[1].bytes, 0);
	CHECK_EQ(pci_find(&pci, 0, 0x0010)->secondary_bus, 1);
	CHECK_EQ(pci_find(&pci, 0, 0x0018)->bars[0].bytes, 0);
	CHECK_EQ(pci_find(&pci, 0, 0x0020)->bars[0].bytes, 0);
	CHECK_EQ(get(fakes[0], 0x24, 4), 0xfe000004);
}

HOST_TEST(ari_functions_are_followed)
{
	struct fake *port;

	for (unsigned forwarding = 0; forwarding < 2; forwarding++) {
		struct fake *f;

		begin();
		port = bridge(0, 1, 1, 1);
		express(port, 4);
		put(port, 0xa8, 2, forwarding ? 0x0020 : 0);
		for (unsigned n = 0; n < 3; n++) {
			f = function(1, n * 3, n); /* functions 0, 25 and 50 */
			express(f, 0);
			put(f, 0x100, 4, 0x0001000e);
			put(f, 0x104, 2, (uint32_t[]){ 25 << 8, 50 << 8, 25 << 8 }[n]);
		}
		CHECK_EQ(pci_scan(&pci), STATUS_OK);
		CHECK_EQ(pci.function_count, forwarding ? 4 : 2);
		CHECK_EQ(pci_find(&pci, 0, 0x0008)->ari_forwarding, forwarding);
		CHECK_EQ(pci_find(&pci, 0, 0x0100)->multi_function, forwarding);
		CHECK_EQ(pci_find(&pci, 0, 0x0132) != NULL, forwarding);
	}
}

HOST_MAIN()
