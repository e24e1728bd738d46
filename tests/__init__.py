"""The tests of krmd; README.md here says how to run one station and what each folder may touch."""
