"""The parts that several benchmarks share: arguments, environments of the peers, tables."""
