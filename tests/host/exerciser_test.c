/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The modelled exerciser against the words of docs/exerciser.md. */
#include "tests/host/exerciser_fixture.h"

#define CHANNEL(n, r)	(0x1000u * ((n) + 1) + (r))

static uint32_t get(uint32_t offset)
{
	return (uint32_t)exerciser_read(&device, offset, 4);
}

static void set(uint32_t offset, uint32_t value)
{
	exerciser_write(&device, offset, 4, value);
}

/* A command of channel 0 from start to end; STATUS. */
static uint32_t run(uint32_t command, uint64_t address, uint32_t length)
{
	exerciser_write(&device, CHANNEL(0, 0x10), 8, address);
	set(CHANNEL(0, 0x18), length);
	set(CHANNEL(0, 0x00), command);
	for (unsigned i = 0; i < 1000 && exerciser_step(&device); i++)
		;
	return get(CHANNEL(0, 0x04));
}

/* ---- Registers ---- */

HOST_TEST(identity_and_reset_values)
{
	begin(true);
	CHECK_EQ(get(0x00), 0x58564f49);
	CHECK_EQ(get(0x04), 0x00010002);
	CHECK_EQ(get(0x08), 0x143f07ff);
	CHECK_EQ(get(0x0c), 0x00001003);
	CHECK_EQ(get(0x10), 0x00ff0010);
	CHECK_EQ(get(0x14), 0);
	CHECK_EQ(get(0x18), 0);
	CHECK_EQ(get(0x1c), 0xffffffff);
	for (uint32_t at = 0; at < 0x1000; at += 4)
		CHECK_EQ(get(CHANNEL(2, at)), at == 0x28 ? 1 : 0);
	CHECK_EQ(get(0x4000), 0);
	begin(false);
	CHECK_EQ(get(0x08), 0x003f01a7);
}

HOST_TEST(responses_are_counted_and_told)
{
	begin(true);
	exerciser_respond(&device, SILICON_NO_PASID, 0x1ff, 0xf);
	CHECK_EQ(get(0x38), 1);
	CHECK_EQ(get(0x3c), 0x000f01ff);
	CHECK_EQ(get(0x40), 0);
	set(CHANNEL(0, 0x44), 0x0605);
	CHECK_EQ(run(5, 0x1000, 0), 2);
	CHECK_EQ(get(CHANNEL(0, 0x70)), 0);
	exerciser_respond(&device, 7, 6, 1);
	CHECK_EQ(get(CHANNEL(0, 0x70)), 0);
	exerciser_respond(&device, 7, 5, 1);
	CHECK_EQ(get(CHANNEL(0, 0x70)), 0x80010000);
	CHECK_EQ(get(CHANNEL(1, 0x70)), 0);
	CHECK_EQ(get(0x38), 3);
	CHECK_EQ(get(0x40), 0x80000007);
	exerciser_reset(&device);
	for (uint32_t at = 0x38; at < 0x44; at += 4)
		CHECK_EQ(get(at), 0);
}

HOST_TEST(invalidations_are_counted_and_told)
{
	begin(true);
	exerciser_invalidate(&device, SILICON_NO_PASID, 0x123456789000, 21);
	CHECK_EQ(get(0x24), 1);
	CHECK_EQ(exerciser_read(&device, 0x28, 8), 0x123456789000);
	CHECK_EQ(get(0x30), 21);
	CHECK_EQ(get(0x34), 0);
	exerciser_invalidate(&device, 5, 0x1000, 12);
	CHECK_EQ(get(0x24), 2);
	CHECK_EQ(get(0x34), 0x80000005);
	exerciser_reset(&device);
	for (uint32_t at = 0x24; at < 0x38; at += 4)
		CHECK_EQ(get(at), 0);
}

HOST_TEST(registers_keep_their_bits)
{
	static const struct { uint32_t offset, bits; } words[] = {
		{ 0x04, 0 }, { 0x08, 0x0001ffff }, { 0x0c, 0xe00fffff }, { 0x10, 0xffffffff }, { 0x14, 0xffffffff },
		{ 0x18, 0xffffffff }, { 0x1c, 0x00000f3f }, { 0x20, 0xffffffff }, { 0x24, 0xffffffff },
		{ 0x28, 0xffffffff }, { 0x2c, 0xffffffff }, { 0x30, 0xffffffff }, { 0x34, 0xffffffff },
		{ 0x38, 0xffffffff }, { 0x3c, 0xffffffff }, { 0x40, 0xffffffff }, { 0x44, 0x00000fff },
		{ 0x48, 0 }, { 0x4c, 0 }, { 0x60, 0 }, { 0x78, 0 }, { 0x7c, 0 }, { 0x800, 0 }, { 0xffc, 0 },
	};

	begin(true);
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		set(CHANNEL(1, words[i].offset), 0xffffffff);
		CHECK_EQ(get(CHANNEL(1, words[i].offset)), words[i].bits);
	}
	set(0x1c, 0x0f0f1234);
	CHECK_EQ(get(0x1c), 0xf0f0edcb);
	set(0x14, 1);
	CHECK_EQ(get(0x1c), 0xffffffff);
	CHECK_EQ(get(CHANNEL(1, 0x18)), 0);
}

HOST_TEST(accesses_of_other_widths_do_nothing)
{
	begin(true);
	exerciser_write(&device, CHANNEL(0, 0x18), 2, 0xffff);
	exerciser_write(&device, CHANNEL(0, 0x1a), 4, 0xffff);
	exerciser_write(&device, CHANNEL(0, 0x14), 8, UINT64_MAX);
	CHECK_EQ(exerciser_read(&device, CHANNEL(0, 0x10), 8), 0);
	CHECK_EQ(get(CHANNEL(0, 0x18)), 0);
	CHECK_EQ(exerciser_read(&device, 0, 1), 0);
	CHECK_EQ(exerciser_read(&device, UINT64_MAX - 3, 4), 0);
	CHECK_EQ(exerciser_read(&device, 0, 8), 0x0001000258564f49);
	exerciser_write(&device, CHANNEL(0, 0x10), 8, 0x1122334455667788);
	CHECK_EQ(get(CHANNEL(0, 0x10)), 0x55667788);
	CHECK_EQ(get(CHANNEL(0, 0x14)), 0x11223344);
}

/* ---- Pattern and checksum: the examples of the page ---- */

HOST_TEST(pattern_is_the_pages)
{
	static const uint8_t first[16] = { 0x5e, 0xaf, 0xcd, 0x1d, 0x7b, 0x39, 0xa8, 0x20,
					   0x5e, 0x36, 0x36, 0x95, 0xef, 0xb0, 0x51, 0x56 };
	static const uint8_t second[8] = { 0x5e, 0x30, 0x37, 0x6e, 0x90, 0xd5, 0xac, 0x9d };
	static const uint8_t escaped[8] = { 0x5e, 0x9f, 0x04, 0xa5, 0x4c, 0x8e, 0xba, 0xb5 };

	for (unsigned i = 0; i < 16; i++)
		CHECK_EQ(exerciser_pattern(i, 0), first[i]);
	for (unsigned i = 0; i < 8; i++) {
		CHECK_EQ(exerciser_pattern(0x12345678 + i, 1), second[i]);
		CHECK_EQ(exerciser_pattern(0xe8 + i, 0), escaped[i]);
	}
}

HOST_TEST(checksum_is_the_pages)
{
	static const uint8_t bytes[16] = { 0x5e, 0xaf, 0xcd, 0x1d, 0x7b, 0x39, 0xa8, 0x20,
					   0x5e, 0x36, 0x36, 0x95, 0xef, 0xb0, 0x51, 0x56 };

	begin(true);
	memcpy(memory + 0x40, bytes, 16);
	CHECK_EQ(exerciser_read(&device, CHANNEL(0, 0x60), 8), 0);
	CHECK_EQ(run(1, IOVA + 0x40, 16), 2);
	CHECK_EQ(exerciser_read(&device, CHANNEL(0, 0x60), 8), 0xf7a57d4ce190aaa1);
	CHECK_EQ(run(2, IOVA + 0x80, 16), 2);
	CHECK_EQ(exerciser_read(&device, CHANNEL(0, 0x60), 8), 0xcbf29ce484222325);
}

/* ---- Commands ---- */

HOST_TEST(write_is_cut_into_requests)
{
	begin(true);
	set(CHANNEL(0, 0x2c), 7);
	CHECK_EQ(run(2, IOVA + 0xf8, 0x210), 2);
	CHECK_EQ(requests, 4);			/* F8h to 100h, two of 100h, 8 bytes */
	CHECK_EQ(get(CHANNEL(0, 0x50)), 4);
	CHECK_EQ(get(CHANNEL(0, 0x48)), 1);
	for (unsigned i = 0; i < 0x210; i++)
		CHECK_EQ(memory[0xf8 + i], exerciser_pattern(IOVA + 0xf8 + i, 7));
	CHECK_EQ(memory[0xf7], 0x5a);
	CHECK_EQ(memory[0x308], 0x5a);
	CHECK_EQ(get(CHANNEL(0, 0x800)), 0x001000f8);
	CHECK_EQ(get(CHANNEL(0, 0x808)), 0x82000020);
	CHECK_EQ(get(CHANNEL(0, 0x80c)), 8);
	CHECK_EQ(get(CHANNEL(0, 0x860)), 0x00100300);
	CHECK_EQ(get(CHANNEL(0, 0x874)), 3);
	set(CHANNEL(0, 0x1c), 12 << 8);
	requests = 0;
	CHECK_EQ(run(2, IOVA, 0x1000), 2);
	CHECK_EQ(requests, 1);
}

HOST_TEST(stride_and_count)
{
	begin(true);
	set(CHANNEL(0, 0x28), 3);
	exerciser_write(&device, CHANNEL(0, 0x20), 8, (uint64_t)-0x1000);
	CHECK_EQ(run(2, IOVA + 0x3000, 8), 2);
	CHECK_EQ(memory[0x3000], 0x5e);
	CHECK_EQ(memory[0x2000], 0x5e);
	CHECK_EQ(memory[0x1000], 0x5e);
	CHECK_EQ(memory[0], 0x5a);
	CHECK_EQ(get(CHANNEL(0, 0x48)), 3);
}

HOST_TEST(refusal_is_told_and_does_not_end_it)
{
	begin(true);
	refuse_at = IOVA + 0x100;
	CHECK_EQ(run(2, IOVA, 0x300), 0x103);
	CHECK_EQ(get(CHANNEL(0, 0x4c)), 1);
	CHECK_EQ(get(CHANNEL(0, 0x50)), 3);
	CHECK_EQ(get(CHANNEL(0, 0x48)), 0);
	CHECK_EQ(exerciser_read(&device, CHANNEL(0, 0x58), 8), IOVA + 0x100);
	CHECK_EQ(memory[0x100], 0x5a);
	CHECK_EQ(memory[0x200], 0x5e);
	CHECK_EQ(get(CHANNEL(0, 0x828)), 0x82010020);
	memset(memory, 0x5a, sizeof(memory));
	CHECK_EQ(run(2 | 0x20, IOVA, 0x300), 0x103);
	CHECK_EQ(memory[0x200], 0x5a);
	CHECK_EQ(interrupts, 0);
	(void)run(2 | 0x80, IOVA, 8);
	CHECK_EQ(interrupts, 1);
}

HOST_TEST(requests_carry_what_was_asked)
{
	begin(true);
	CHECK_EQ(run(1, IOVA, 8), 2);
	CHECK_EQ(last.source, 0x0020);
	CHECK_EQ(last.pasid, SILICON_NO_PASID);
	CHECK(!last.privileged && !last.execute && !last.translated);
	set(CHANNEL(0, 0x08), 0x000100ab);
	set(CHANNEL(0, 0x0c), 0xe0012345);
	set(CHANNEL(0, 0x1c), 2);
	CHECK_EQ(run(1, IOVA, 8), 2);
	CHECK_EQ(last.source, 0x00ab);
	CHECK_EQ(last.pasid, 0x12345);
	CHECK(last.privileged && last.execute && last.translated);
	CHECK_EQ(run(1, IOVA, 0), 2);
	CHECK_EQ(last.bytes, 0);
}

HOST_TEST(atomics)
{
	uint64_t word = 0x10;

	begin(true);
	memcpy(memory + 8, &word, 8);
	exerciser_write(&device, CHANNEL(0, 0x30), 8, 0x100000001);
	CHECK_EQ(run(3, IOVA + 8, 0), 2);
	CHECK_EQ(exerciser_read(&device, CHANNEL(0, 0x68), 8), 0x10);
	memcpy(&word, memory + 8, 8);
	CHECK_EQ(word, 0x100000011);
	set(CHANNEL(0, 0x1c), 0x20);
	CHECK_EQ(run(3, IOVA + 8, 0), 2);		/* compares with 0 */
	memcpy(&word, memory + 8, 8);
	CHECK_EQ(word, 0x100000011);
	exerciser_write(&device, CHANNEL(0, 0x38), 8, 0x100000011);
	CHECK_EQ(run(3, IOVA + 8, 0), 2);
	memcpy(&word, memory + 8, 8);
	CHECK_EQ(word, 0x100000001);
	set(CHANNEL(0, 0x1c), 0x10);
	exerciser_write(&device, CHANNEL(0, 0x30), 8, 5);
	CHECK_EQ(run(3, IOVA + 8, 0), 2);
	CHECK_EQ(memory[8], 5);
	CHECK_EQ(run(3, IOVA + 4, 0), 0x1503);
}

HOST_TEST(translations_and_messages)
{
	begin(true);
	CHECK_EQ(run(4, IOVA + 0x1000, 0), 2);
	CHECK_EQ(exerciser_read(&device, CHANNEL(0, 0x68), 8), 0x1000);
	CHECK_EQ(get(CHANNEL(0, 0x70)), 0x00000c03);
	CHECK_EQ(last.access, SILICON_TRANSLATE);
	set(CHANNEL(0, 0x1c), 4);
	CHECK_EQ(run(4, IOVA, 0), 2);
	CHECK_EQ(get(CHANNEL(0, 0x70)), 0x00000c01);
	set(CHANNEL(0, 0x40), 0x4021);
	CHECK_EQ(run(6, 0xfee01000, 0), 2);
	CHECK_EQ(message_address, 0xfee01000);
	CHECK_EQ(message_data, 0x4021);
	CHECK_EQ(run(2, 0xfee01000, 8), 0x103);
}

HOST_TEST(check_counts_mismatches)
{
	begin(true);
	CHECK_EQ(run(2, IOVA, 64), 2);
	CHECK_EQ(run(1 | 0x40, IOVA, 64), 2);
	CHECK_EQ(get(CHANNEL(0, 0x54)), 0);
	memory[5] ^= 1;
	memory[9] ^= 1;
	CHECK_EQ(run(1 | 0x40, IOVA, 64), 2);
	CHECK_EQ(get(CHANNEL(0, 0x54)), 2);
	CHECK_EQ(exerciser_read(&device, CHANNEL(0, 0x58), 8), IOVA + 5);
}

HOST_TEST(storm_runs_until_stopped)
{
	begin(true);
	set(CHANNEL(1, 0x10), IOVA);
	set(CHANNEL(1, 0x18), 8);
	set(CHANNEL(1, 0x28), 2);
	set(CHANNEL(1, 0x20), 0x1000);
	set(CHANNEL(1, 0x00), 2 | 0x10 | 0x100);
	CHECK_EQ(get(0x18), 2);
	CHECK_EQ(get(CHANNEL(1, 0x04)), 1);
	CHECK(exerciser_step(&device));
	CHECK_EQ(get(CHANNEL(1, 0x74)), EXERCISER_STEP_REQUESTS / 2);
	CHECK_EQ(memory[1], exerciser_pattern(IOVA + 1, EXERCISER_STEP_REQUESTS / 2 - 1));
	set(CHANNEL(1, 0x18), 16);		/* ignored while it runs */
	set(CHANNEL(1, 0x00), 1);
	CHECK_EQ(get(CHANNEL(1, 0x18)), 8);
	set(CHANNEL(1, 0x00), 15);
	CHECK_EQ(get(CHANNEL(1, 0x04)), 4);
	CHECK(!exerciser_step(&device));
	set(CHANNEL(1, 0x00), 0);
	CHECK_EQ(get(CHANNEL(1, 0x04)), 0);
}

HOST_TEST(bad_commands_are_refused_in_order)
{
	begin(false);
	CHECK_EQ(run(4, IOVA, 0), 0x1003);
	CHECK_EQ(run(9, IOVA, 0), 0x1003);
	set(CHANNEL(0, 0x1c), 1);
	CHECK_EQ(run(1, IOVA, 8), 0x1003);
	set(CHANNEL(0, 0x1c), 0x30);
	CHECK_EQ(run(3, IOVA, 8), 0x1003);
	set(CHANNEL(0, 0x1c), 0x200);
	set(CHANNEL(0, 0x08), 0x00010100);
	set(CHANNEL(0, 0x0c), 0x80000001);
	set(CHANNEL(0, 0x28), 0);
	CHECK_EQ(run(2, UINT64_MAX, 0), 0x1103);
	set(CHANNEL(0, 0x08), 0x00010010);
	CHECK_EQ(run(2, UINT64_MAX, 0), 0x1203);
	set(CHANNEL(0, 0x0c), 1);
	CHECK_EQ(run(2, UINT64_MAX, 0), 0x1303);
	CHECK_EQ(run(2, UINT64_MAX, 0x10001), 0x1303);
	CHECK_EQ(run(2, UINT64_MAX, 2), 0x1403);
	set(CHANNEL(0, 0x28), 1);
	CHECK_EQ(run(2, UINT64_MAX, 2), 0x1603);
	set(CHANNEL(0, 0x1c), 0);
	CHECK_EQ(run(2, UINT64_MAX, 2), 0x1703);
	CHECK_EQ(requests, 0);
	master = false;
	CHECK_EQ(run(2, IOVA, 8), 0x603);
	CHECK_EQ(requests, 0);
}

HOST_MAIN()
