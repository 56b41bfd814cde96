"""The verifier's calibration, fitted to people's labels and reported: ``python -m evals.calibrate``."""
