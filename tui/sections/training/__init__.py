"""The section that shows one training: charts, metrics, predictions."""
