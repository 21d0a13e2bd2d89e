/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Groups of small topologies, drawn by hand: one letter per function, equal letters for one group.
 */
#include "iommu/group.h"
#include "tests/host/check.h"

#define ALL_ACS		0x1du		/* SV, RR, CR, UF */

static struct group_function functions[GROUP_FUNCTIONS_MAX + 1];
static unsigned count;

static unsigned add(enum group_kind kind, unsigned rid, unsigned parent, unsigned secondary_bus)
{
	functions[count] = (struct group_function){
		.source = { .rid = (uint16_t)rid, .pasid = IOMMU_NO_PASID },
		.parent = (uint16_t)parent,
		.kind = kind,
		.secondary_bus = (uint8_t)secondary_bus,
	};
	return count++;
}

static void acs(unsigned index, uint16_t capability, uint16_t control)
{
	functions[index].acs = true;
	functions[index].acs_capability = capability;
	functions[index].acs_control = control;
}

/* The groups as a picture: "aab" is two functions in one group and one in another. */
static const char *groups(void)
{
	static char picture[64];
	uint16_t group_of[GROUP_FUNCTIONS_MAX];
	unsigned group_count, most = 0;

	CHECK_EQ(group_build(functions, count, group_of, &group_count), STATUS_OK);
	for (unsigned i = 0; i < count; i++) {
		picture[i] = (char)('a' + group_of[i]);
		most = group_of[i] > most ? group_of[i] : most;
	}
	picture[count] = 0;
	CHECK_EQ(group_count, count ? most + 1 : 0);
	return picture;
}

/* Two root ports with an endpoint each. */
static void two_ports(void)
{
	count = 0;
	add(GROUP_ROOT_PORT, 0x0010, GROUP_NO_PARENT, 1);
	add(GROUP_ROOT_PORT, 0x0018, GROUP_NO_PARENT, 2);
	add(GROUP_ENDPOINT, 0x0100, 0, 0);
	add(GROUP_ENDPOINT, 0x0200, 1, 0);
}

HOST_TEST(root_ports)
{
	two_ports();
	CHECK_STR(groups(), "abab");
	acs(0, ALL_ACS, ALL_ACS);
	acs(1, ALL_ACS, ALL_ACS);
	CHECK_STR(groups(), "abcd");
	acs(0, ALL_ACS, ALL_ACS & ~BIT(2));
	CHECK_STR(groups(), "abac");
	acs(0, ALL_ACS & ~BIT(2), ALL_ACS & ~BIT(2));	/* no peer-to-peer to redirect */
	CHECK_STR(groups(), "abcd");
	acs(0, ALL_ACS & ~BIT(0), ALL_ACS & ~BIT(0));	/* ids are not validated */
	CHECK_STR(groups(), "abac");
	acs(0, ALL_ACS, 0);
	CHECK_STR(groups(), "abac");
}

HOST_TEST(each_service_of_a_port_counts)
{
	static const unsigned bits[] = { 0, 2, 3, 4 };

	for (unsigned i = 0; i < ARRAY_COUNT(bits); i++) {
		two_ports();
		acs(0, ALL_ACS, (uint16_t)(ALL_ACS & ~BIT(bits[i])));
		acs(1, ALL_ACS, ALL_ACS);
		CHECK_STR(groups(), "abac");
	}
	acs(0, 0x7f, ALL_ACS);		/* translation blocking, egress control, direct translated: not needed */
	CHECK_STR(groups(), "abcd");
}

/* Root port 0, switch 1 with downstream ports 2 and 3, endpoints 4 and 5 below them. */
static void a_switch(void)
{
	count = 0;
	add(GROUP_ROOT_PORT, 0x0010, GROUP_NO_PARENT, 1);
	add(GROUP_UPSTREAM, 0x0100, 0, 2);
	add(GROUP_DOWNSTREAM, 0x0200, 1, 3);
	add(GROUP_DOWNSTREAM, 0x0208, 1, 4);
	add(GROUP_ENDPOINT, 0x0300, 2, 0);
	add(GROUP_ENDPOINT, 0x0400, 3, 0);
	acs(0, ALL_ACS, ALL_ACS);
	acs(2, ALL_ACS, ALL_ACS);
	acs(3, ALL_ACS, ALL_ACS);
}

HOST_TEST(a_switch_isolates_if_every_port_does)
{
	a_switch();
	CHECK_STR(groups(), "abcdef");
	acs(2, ALL_ACS, 0);
	CHECK_STR(groups(), "abbbbb");
	a_switch();
	acs(3, ALL_ACS & ~BIT(3), ALL_ACS & ~BIT(3));	/* a switch must have it */
	CHECK_STR(groups(), "abbbbb");
	a_switch();
	functions[2].acs = functions[3].acs = false;
	CHECK_STR(groups(), "abbbbb");
}

HOST_TEST(every_port_on_the_path_counts)
{
	a_switch();
	acs(0, ALL_ACS, 0);
	CHECK_STR(groups(), "aaaaaa");
}

/* Two devices of two functions below one port each; another two-function device elsewhere. */
HOST_TEST(functions_of_one_device)
{
	two_ports();
	acs(0, ALL_ACS, ALL_ACS);
	acs(1, ALL_ACS, ALL_ACS);
	functions[2].multi_function = true;
	functions[add(GROUP_ENDPOINT, 0x0101, 0, 0)].multi_function = true;
	CHECK_STR(groups(), "abcdc");
	acs(2, 0, 0);			/* says that it has no paths to its peers */
	CHECK_STR(groups(), "abcdc");
	acs(4, 0, 0);
	CHECK_STR(groups(), "abcde");
	acs(4, 0x0c, 0x04);
	CHECK_STR(groups(), "abcdc");
	acs(4, 0x0c, 0x0c);
	CHECK_STR(groups(), "abcde");
	functions[4].source.segment = 1;
	functions[4].acs = functions[2].acs = false;
	CHECK_STR(groups(), "abcde");
}

/* Function 8 of a device with alternative routing ids looks like function 0 of device 1. */
HOST_TEST(functions_beyond_seven)
{
	two_ports();
	acs(0, ALL_ACS, ALL_ACS);
	acs(1, ALL_ACS, ALL_ACS);
	functions[2].multi_function = true;
	functions[add(GROUP_ENDPOINT, 0x0108, 0, 0)].multi_function = true;
	CHECK_STR(groups(), "abcdc");
	functions[4].parent = GROUP_NO_PARENT;
	functions[2].parent = GROUP_NO_PARENT;
	CHECK_STR(groups(), "abcde");
}

HOST_TEST(functions_of_the_root_complex)
{
	count = 0;
	add(GROUP_RC_ENDPOINT, 0x0000, GROUP_NO_PARENT, 0);
	add(GROUP_PCI_DEVICE, 0x0010, GROUP_NO_PARENT, 0);
	functions[add(GROUP_PCI_DEVICE, 0x00f8, GROUP_NO_PARENT, 0)].multi_function = true;
	functions[add(GROUP_RC_ENDPOINT, 0x00fa, GROUP_NO_PARENT, 0)].multi_function = true;
	functions[add(GROUP_PCI_DEVICE, 0x00fb, GROUP_NO_PARENT, 0)].multi_function = true;
	CHECK_STR(groups(), "abccc");
	acs(3, 0, 0);			/* its peers can still reach it */
	CHECK_STR(groups(), "abccc");
}

HOST_TEST(ports_that_are_functions_of_one_device)
{
	two_ports();
	functions[1].source.rid = 0x0011;
	functions[0].multi_function = functions[1].multi_function = true;
	CHECK_STR(groups(), "aaaa");
	acs(0, ALL_ACS, ALL_ACS);
	acs(1, ALL_ACS, ALL_ACS);
	CHECK_STR(groups(), "abcd");
}

/* Root port 0, bridge 1 to PCI, devices 2 and 3 on bus 2, bridge 4 on it, device 5 behind that. */
static void bridges(void)
{
	count = 0;
	acs(add(GROUP_ROOT_PORT, 0x0010, GROUP_NO_PARENT, 1), ALL_ACS, ALL_ACS);
	add(GROUP_PCIE_TO_PCI, 0x0100, 0, 2);
	add(GROUP_PCI_DEVICE, 0x0200, 1, 0);
	add(GROUP_PCI_DEVICE, 0x0208, 1, 0);
	add(GROUP_PCI_BRIDGE, 0x0210, 1, 3);
	add(GROUP_PCI_DEVICE, 0x0308, 4, 0);
}

HOST_TEST(a_conventional_bus_is_one_group)
{
	bridges();
	CHECK_STR(groups(), "abbbbb");
	count = 0;
	add(GROUP_PCI_BRIDGE, 0x00f0, GROUP_NO_PARENT, 1);
	add(GROUP_PCI_DEVICE, 0x0100, 0, 0);
	add(GROUP_PCI_TO_PCIE, 0x0108, 0, 2);
	add(GROUP_ENDPOINT, 0x0200, 2, 0);
	add(GROUP_RC_ENDPOINT, 0x0008, GROUP_NO_PARENT, 0);
	CHECK_STR(groups(), "aaaab");
}

static void check_aliases(unsigned index, unsigned expected_count, const uint16_t *rids)
{
	struct group_aliases aliases;

	CHECK_EQ(group_aliases(functions, index, &aliases), STATUS_OK);
	CHECK_EQ(aliases.count, expected_count);
	for (unsigned i = 0; i < aliases.count && i < expected_count; i++) {
		CHECK_EQ(aliases.source[i].rid, rids[i]);
		CHECK_EQ(aliases.source[i].pasid, IOMMU_NO_PASID);
	}
}

HOST_TEST(aliases)
{
	bridges();
	check_aliases(1, 1, (uint16_t[]){ 0x0100 });
	check_aliases(2, 1, (uint16_t[]){ 0x0200 });
	check_aliases(3, 2, (uint16_t[]){ 0x0208, 0x0200 });
	check_aliases(4, 2, (uint16_t[]){ 0x0210, 0x0200 });
	check_aliases(5, 3, (uint16_t[]){ 0x0308, 0x0210, 0x0200 });
	a_switch();
	check_aliases(4, 1, (uint16_t[]){ 0x0300 });
	count = 0;
	add(GROUP_PCI_BRIDGE, 0x00f0, GROUP_NO_PARENT, 1);
	add(GROUP_PCI_DEVICE, 0x0108, 0, 0);
	check_aliases(1, 2, (uint16_t[]){ 0x0108, 0x00f0 });
}

static void carries(unsigned index, uint16_t alias)
{
	functions[index].has_alias = true;
	functions[index].alias = alias;
}

/* 48882 5.2.2.1: the id may be another function's, several may share it, and nobody need have it. */
HOST_TEST(aliases_that_firmware_tells)
{
	two_ports();
	acs(0, ALL_ACS, ALL_ACS);
	acs(1, ALL_ACS, ALL_ACS);
	CHECK_STR(groups(), "abcd");
	carries(2, 0x0200);
	CHECK_STR(groups(), "abcc");
	check_aliases(2, 2, (uint16_t[]){ 0x0100, 0x0200 });
	check_aliases(3, 1, (uint16_t[]){ 0x0200 });
	carries(2, 0x0440);
	CHECK_STR(groups(), "abcd");
	carries(3, 0x0440);
	CHECK_STR(groups(), "abcc");
	functions[3].source.segment = 1;
	CHECK_STR(groups(), "abcd");
}

/* What the unit sees is last, whether the topology gives it or not. */
HOST_TEST(firmware_knows_which_alias_the_unit_sees)
{
	bridges();
	carries(5, 0x0210);
	check_aliases(5, 3, (uint16_t[]){ 0x0308, 0x0200, 0x0210 });
	carries(5, 0x0200);
	check_aliases(5, 3, (uint16_t[]){ 0x0308, 0x0210, 0x0200 });
	carries(5, 0x0777);
	check_aliases(5, 4, (uint16_t[]){ 0x0308, 0x0210, 0x0200, 0x0777 });
}

HOST_TEST(the_alias_limit_is_reached)
{
	struct group_aliases list;

	count = 0;
	add(GROUP_PCI_BRIDGE, 0x00f0, GROUP_NO_PARENT, 1);
	for (unsigned bus = 1; bus < 7; bus++)
		add(GROUP_PCI_BRIDGE, bus << 8, bus - 1, bus + 1);
	add(GROUP_PCI_DEVICE, 0x0700, 6, 0);
	add(GROUP_PCI_BRIDGE, 0x0708, 6, 8);
	add(GROUP_PCI_DEVICE, 0x0800, 8, 0);
	CHECK_EQ(group_aliases(functions, 7, &list), STATUS_OK);
	CHECK_EQ(list.count, 8);
	CHECK_EQ(group_aliases(functions, 9, &list), STATUS_EXHAUSTED);
}

HOST_TEST(bad_tables)
{
	uint16_t group_of[GROUP_FUNCTIONS_MAX];
	unsigned group_count = 77;

	two_ports();
	functions[1].parent = 1;
	CHECK_EQ(group_build(functions, count, group_of, &group_count), STATUS_BAD_ARGUMENT);
	functions[1].parent = 3;
	CHECK_EQ(group_build(functions, count, group_of, &group_count), STATUS_BAD_ARGUMENT);
	CHECK_EQ(group_count, 77);
	CHECK_EQ(group_build(functions, 0, group_of, &group_count), STATUS_OK);
	CHECK_EQ(group_count, 0);
}

static struct group_map map;

HOST_TEST(the_function_limit_is_reached)
{
	uint16_t group_of[GROUP_FUNCTIONS_MAX];
	unsigned group_count;

	memset(&map, 0, sizeof(map));
	count = 0;
	for (unsigned i = 0; i < 513; i++)
		add(GROUP_RC_ENDPOINT, i * 8, GROUP_NO_PARENT, 0);
	CHECK_EQ(group_build(functions, 512, group_of, &group_count), STATUS_OK);
	CHECK_EQ(group_count, 512);
	CHECK_EQ(group_build(functions, 513, group_of, &group_count), STATUS_EXHAUSTED);
	for (unsigned i = 0; i < 512; i++)
		CHECK_EQ(group_map_add(&map, &functions[i]), STATUS_OK);
	CHECK_EQ(group_map_add(&map, &functions[512]), STATUS_EXHAUSTED);
	CHECK_EQ(group_map_build(&map), STATUS_OK);
	CHECK_EQ(map.group_of[511], 511);
}

HOST_TEST(sources_are_found)
{
	unsigned index = 99;

	memset(&map, 0, sizeof(map));
	bridges();
	functions[2].source.rid = 0x0218;	/* nobody is device 0 of bus 2 */
	carries(4, 0x0777);
	for (unsigned i = 0; i < count; i++)
		CHECK_EQ(group_map_add(&map, &functions[i]), STATUS_OK);
	CHECK_EQ(group_map_build(&map), STATUS_OK);
	CHECK_EQ(group_find(&map, (struct iommu_source){ 0, 0x0208, IOMMU_NO_PASID }, &index),
		 STATUS_OK);
	CHECK_EQ(index, 3);
	CHECK_EQ(group_find(&map, (struct iommu_source){ 0, 0x0200, IOMMU_NO_PASID }, &index),
		 STATUS_OK);
	CHECK_EQ(index, 1);
	CHECK_EQ(group_find(&map, (struct iommu_source){ 0, 0x0777, IOMMU_NO_PASID }, &index),
		 STATUS_OK);
	CHECK_EQ(index, 4);
	CHECK_EQ(group_find(&map, (struct iommu_source){ 1, 0x0208, IOMMU_NO_PASID }, &index),
		 STATUS_NOT_FOUND);
	CHECK_EQ(group_find(&map, (struct iommu_source){ 0, 0x0300, IOMMU_NO_PASID }, &index),
		 STATUS_NOT_FOUND);
}

HOST_MAIN()
