# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Each rule of tools/check-layers, broken once; what tools/format leaves alone."""
import importlib.machinery
import importlib.util
import pathlib
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent.parent


def script(name):
    """A tool without a .py suffix, as a module."""
    loader = importlib.machinery.SourceFileLoader(name.replace('-', '_'), str(TOOLS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


layers, format_ = script('check-layers'), script('format')

HEAD = f'/* {layers.SPDX} */\n'


class Layers(unittest.TestCase):
    def found(self, path, body):
        return [sentence for _, sentence in layers.findings(path, HEAD + body)]

    def test_what_is_allowed(self):
        for path, target in (('iommu/pt/a.c', 'base/types.h'), ('iommu/intel/a.c', 'iommu/iommu.h'),
                             ('drivers/dma/nvme.c', 'arch/arch.h'), ('tests/a.c', 'tests/harness/bench.h'),
                             ('boot/a.c', 'tests/harness/run.h'), ('tests/raw/a.c', 'iommu/intel/regs.h')):
            self.assertEqual(self.found(path, f'#include "{target}"\n'), [], path)

    def test_what_is_not(self):
        for path, line in (('iommu/pt/a.c', '#include "arch/arch.h"'),
                           ('iommu/intel/a.c', '#include "iommu/amd/regs.h"'),
                           ('iommu/intel/a.c', '#include "drivers/acpi/dmar.h"'),
                           ('drivers/dma/a.c', '#include "iommu/iommu.h"'),
                           ('drivers/pci/a.c', '#include "tests/a.h"'),
                           ('base/a.c', '#include "arch/arch.h"'),
                           ('tests/a.c', '#include "iommu/intel/regs.h"'),
                           ('tests/a.c', '#include "boot/a.h"'),
                           ('model/a.c', '#include "iommu/pt/pt.h"'),
                           ('tests/a.c', '#include <efi.h>'),
                           ('base/a.c', '#include "types.h"'),
                           ('base/a.c', '#ifdef __x86_64__'),
                           ('iommu/a.c', '\tuint32_t present : 1;'),
                           ('iommu/pt/a.c', 'static volatile int x;'),
                           ('base/a.c', '/* ' + 'TO' + 'DO: later */'),
                           ('base/a.c', '/* ' + 'x' * 120 + ' */'),
                           ('base/a.c', 'int a; ')):
            self.assertEqual(len(self.found(path, line + '\n')), 1, (path, line))

    def test_form(self):
        self.assertEqual(len(list(layers.findings('base/a.c', 'int a;\n'))), 1)
        self.assertEqual(len(list(layers.findings('base/a.c', HEAD + 'int a;'))), 1)
        self.assertEqual(len(self.found('base/a.c', 'int a;\n' * 500)), 1)
        self.assertEqual(self.found('iommu/intel/regs.h', 'int a;\n' * 500), [])


class Format(unittest.TestCase):
    def test_only_bodies(self):
        text = """static int table[] = {
	1,   2,
};

int f(void)
{
	int a;
	int b;			/* why */
	static const int t[] = {
		1,   2,
	};

	return a  + b;
}
"""
        self.assertEqual(list(format_.body_ranges(text.splitlines())), [(7, 7), (12, 13)])


if __name__ == '__main__':
    unittest.main()
