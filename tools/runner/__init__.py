# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Boots the image on a rig and judges what came of it. Entry: tools/run."""
