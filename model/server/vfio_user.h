/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Messages of the vfio-user protocol, version 0.0, as far as a server without migration and without mapped
 * regions needs them: docs/interop/vfio-user.rst of QEMU 11.1, in its order. All words are the host's.
 */
#ifndef MODEL_SERVER_VFIO_USER_H
#define MODEL_SERVER_VFIO_USER_H

#include <assert.h>
#include <stdint.h>

#define VFIO_USER_MAJOR	0u

enum vfio_user_command {
	VFIO_USER_VERSION = 1,
	VFIO_USER_DMA_MAP = 2,
	VFIO_USER_DMA_UNMAP = 3,
	VFIO_USER_DEVICE_GET_INFO = 4,
	VFIO_USER_DEVICE_GET_REGION_INFO = 5,
	VFIO_USER_DEVICE_GET_IRQ_INFO = 7,
	VFIO_USER_DEVICE_SET_IRQS = 8,
	VFIO_USER_REGION_READ = 9,
	VFIO_USER_REGION_WRITE = 10,
	VFIO_USER_DMA_WRITE = 12,		/* from the server to the client */
	VFIO_USER_DEVICE_RESET = 13,
};

struct vfio_user_header {
	uint16_t id, command;
	uint32_t size;				/* of the message, this header included */
	uint32_t flags;
#define   VFIO_USER_TYPE	0x0fu
#define   VFIO_USER_TYPE_COMMAND 0x00u
#define   VFIO_USER_TYPE_REPLY	0x01u
#define   VFIO_USER_NO_REPLY	0x10u
#define   VFIO_USER_ERROR	0x20u
	uint32_t error;				/* an errno, in a reply with ERROR */
};

/* Followed by a text in JSON, ended by a zero byte; the text may be missing. */
struct vfio_user_version {
	uint16_t major, minor;
};

struct vfio_user_dma_map {
	uint32_t argsz, flags;
#define   VFIO_USER_MAP_READ	0x1u
#define   VFIO_USER_MAP_WRITE	0x2u
	uint64_t offset, address, size;
};

struct vfio_user_dma_unmap {
	uint32_t argsz, flags;
#define   VFIO_USER_UNMAP_ALL	0x2u		/* of VFIO; QEMU sends it at the end */
	uint64_t address, size;
};

struct vfio_user_device_info {
	uint32_t argsz, flags;
#define   VFIO_USER_DEVICE_RESETS	0x1u
#define   VFIO_USER_DEVICE_PCI		0x2u
	uint32_t region_count, irq_count;
};

/* Regions and interrupts of a PCI device are numbered as <linux/vfio.h> does. */
enum {
	VFIO_USER_REGION_BAR0 = 0,
	VFIO_USER_REGION_ROM = 6,
	VFIO_USER_REGION_CONFIG = 7,
	VFIO_USER_REGIONS = 9,
};

enum {
	VFIO_USER_IRQ_INTX = 0,
	VFIO_USER_IRQ_MSI = 1,
	VFIO_USER_IRQ_MSIX = 2,
	VFIO_USER_IRQ_ERROR = 3,
	VFIO_USER_IRQ_REQUEST = 4,
	VFIO_USER_IRQS = 5,
};

struct vfio_user_region_info {
	uint32_t argsz, flags;
#define   VFIO_USER_REGION_READS	0x1u
#define   VFIO_USER_REGION_WRITES	0x2u
	uint32_t index, cap_offset;
	uint64_t size, offset;
};

struct vfio_user_irq_info {
	uint32_t argsz, flags;
#define   VFIO_USER_IRQ_EVENTFD		0x1u
#define   VFIO_USER_IRQ_NORESIZE	0x8u
	uint32_t index, count;
};

struct vfio_user_irq_set {
	uint32_t argsz, flags;
#define   VFIO_USER_SET_DATA		0x07u
#define   VFIO_USER_SET_DATA_NONE	0x01u
#define   VFIO_USER_SET_DATA_BOOL	0x02u
#define   VFIO_USER_SET_DATA_EVENTFD	0x04u
#define   VFIO_USER_SET_ACTION		0x38u
	uint32_t index, start, count;
};

/* REGION_READ and REGION_WRITE; the data follow. */
struct vfio_user_access {
	uint64_t offset;
	uint32_t region, count;
};

static_assert(sizeof(struct vfio_user_header) == 16, "as on the wire");
static_assert(sizeof(struct vfio_user_version) == 4, "as on the wire");
static_assert(sizeof(struct vfio_user_dma_map) == 32, "as on the wire");
static_assert(sizeof(struct vfio_user_dma_unmap) == 24, "as on the wire");
static_assert(sizeof(struct vfio_user_device_info) == 16, "as on the wire");
static_assert(sizeof(struct vfio_user_region_info) == 32, "as on the wire");
static_assert(sizeof(struct vfio_user_irq_info) == 16, "as on the wire");
static_assert(sizeof(struct vfio_user_irq_set) == 20, "as on the wire");
static_assert(sizeof(struct vfio_user_access) == 16, "as on the wire");

#endif
