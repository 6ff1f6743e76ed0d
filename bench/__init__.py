"""`make bench`: speed as ratios of one run. Drives only loopback, and stops by itself."""
