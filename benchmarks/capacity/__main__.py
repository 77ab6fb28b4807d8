"""Simulate every scenario, and write docs/scale.md anew: `python -m benchmarks.capacity`."""

from benchmarks import results
from benchmarks.capacity import report
from benchmarks.capacity.scenarios import SCENARIOS, Service, simulated

if __name__ == "__main__":
    service = Service.measured(results.load())
    report.write(service, [simulated(service, each) for each in SCENARIOS])
