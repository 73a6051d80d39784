"""Templates of generated programs: sources of the version, predicates, effects and decoys, passing styles."""
