/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* The drivers of this build, and what they share among themselves. Private to drivers/dma/. */
#ifndef DRIVERS_DMA_ENGINES_H
#define DRIVERS_DMA_ENGINES_H

#include "drivers/dma/dma.h"

extern const struct dma_driver dma_testdev, dma_edu, dma_nvme, dma_exerciser;

/* Can the engine issue every address of a run of bytes? No: also where the run is empty or wraps. */
bool dma_reaches(const struct dma_engine *engine, iova_t start, uint64_t bytes) MUST_CHECK;

/* Is the control memory there, large enough, page-aligned and within reach? */
bool dma_control_fits(const struct dma_engine *engine, const struct dma_control *control) MUST_CHECK;

/* Sixty-four bits that look like noise, a function of `x` alone: patterns, command ids. */
uint64_t dma_mix(uint64_t x);

#endif
