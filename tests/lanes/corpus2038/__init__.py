"""The pieces that make_corpus2038.py puts programs together from."""
