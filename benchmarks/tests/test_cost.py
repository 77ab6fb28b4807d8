"""The price list."""

from unittest import TestCase

from benchmarks import cost, results


class CostTest(TestCase):
    """`docs/cost.md` and what it is made of."""

    def test_is_up_to_date(self) -> None:
        """The document is what the script makes of the last results."""
        self.assertEqual(cost.DOCUMENT.read_text("utf-8"), cost.document(results.load()))

    def test_milliseconds(self) -> None:
        """What is billed is the CPU at the memory's share and the waiting, rounded up."""
        call = cost.Call("a call", requests=1, reads=1, writes=1, cpu=0.0015)
        times = {memory: call.milliseconds(memory) for memory in (3538, 1769, 885, 128)}
        self.assertEqual(times, {3538: 6, 1769: 6, 885: 7, 128: 25})

    def test_price(self) -> None:
        """A million calls of 100 ms with 1 GB cost what the price lists say."""
        call = cost.Call("a call", requests=25, reads=2, writes=1, cpu=0)
        self.assertAlmostEqual(call.function(1024), 0.20 + 1.33334)
        self.assertAlmostEqual(call.database(), 0.25 + 0.625)
        self.assertAlmostEqual(call.total(1024), 3.50 + 1.53334 + 0.875)
