"""Where things stand, and how large they are: nothing that is shared knows a resource."""

import ast
from pathlib import Path
from unittest import TestCase

import grimp

from users_api.app import RESOURCES

ROOT = "users_api"
LONGEST_MODULE, LONGEST_FUNCTION = 250, 20  # lines


class StructureTest(TestCase):
    """The imports of `users_api`."""

    graph: grimp.ImportGraph
    folders: set[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.graph = grimp.build_graph(ROOT, cache_dir=None)
        cls.folders = {each.model.__module__.split(".")[1] for each in RESOURCES}

    def test_folders(self) -> None:
        """A resource stands in the folder of its name, as Python can write it."""
        self.assertEqual(self.folders, {each.name.replace("-", "_") for each in RESOURCES})

    def test_nothing_shared_knows_a_resource(self) -> None:
        """Only `app` imports resources, and one that refers to another."""
        for importer in sorted(self.graph.modules):
            room = importer.partition(".")[2].partition(".")[0]
            if room != "app" and room not in self.folders:
                known = {
                    imported.split(".")[1]
                    for imported in self.graph.find_modules_directly_imported_by(importer)
                    if imported != ROOT
                }
                self.assertFalse(known & self.folders, importer)

    def test_no_circle(self) -> None:
        """No module imports itself by way of others."""
        for module in sorted(self.graph.modules):
            for imported in self.graph.find_modules_directly_imported_by(module):
                with self.subTest(module=module, imported=imported):
                    self.assertFalse(self.graph.chain_exists(importer=imported, imported=module))


class SizeTest(TestCase):
    """The modules and functions of `users_api`."""

    def test_sizes(self) -> None:
        """No module has more than 250 lines, no function more than 20 without its docstring."""
        modules = sorted(Path(ROOT).rglob("*.py"))
        self.assertGreater(len(modules), 30)
        for path in modules:
            text = path.read_text("utf-8")
            with self.subTest(str(path)):
                self.assertLessEqual(len(text.splitlines()), LONGEST_MODULE)
            for each in ast.walk(ast.parse(text)):
                if isinstance(each, ast.FunctionDef):
                    with self.subTest(str(path), function=each.name):
                        self.assertLessEqual(length(each), LONGEST_FUNCTION)


def length(function: ast.FunctionDef) -> int:
    """Return how many lines a function has, without its docstring."""
    docstring = ast.get_docstring(function, clean=False)
    told = 0 if docstring is None else len(docstring.splitlines())
    return (function.end_lineno or 0) - function.lineno + 1 - told
