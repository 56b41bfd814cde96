"""Language models: the local llama.cpp server and OpenAI-compatible endpoints, behind one interface."""
