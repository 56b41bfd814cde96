"""One file a suite, run by that suite's own interpreter: it imports that suite and nothing of ours."""
